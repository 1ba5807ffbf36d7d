// Shared by the components. Data becomes text nodes and attribute values here, never markup.

function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false || value === '') continue;
    made.setAttribute(name, value === true ? '' : value);
  }
  // A text in a language of its own runs its own way: Arabic from right to left.
  if (attributes.lang && !attributes.dir) made.dir = 'auto';
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== ''));
  return made;
}

// A component runs again at every rerun of the page: rebuilding only what changed keeps the focus where it is.
function unchanged(root, data) {
  const signature = JSON.stringify(data);
  if (root.drawnFrom === signature) return true;
  root.drawnFrom = signature;
  return false;
}

// The name of the language a text is in, for voices and hyphenation; "und" names none.
function languageOf(code) {
  return code && code !== 'und' ? code : null;
}

const byParagraphKind = { section: 'p', title: 'h1', prose: 'p', heading: 'h2', teaser: 'p' };

// An article's blocks as paragraphs. Runs within `lit` stand in <mark>; `roles` adds a class to the runs of a span.
function articleText(blocks, { lit, roles, titleTag }) {
  return blocks
    .filter((block) => block.kind || block.runs.some((run) => run.text.trim()))
    .map((block) => {
      const tag = block.kind === 'title' ? titleTag : byParagraphKind[block.kind] || 'p';
      const paragraph = element(tag, { class: 'block ' + (block.kind || 'other') });
      let mark = null;
      for (const run of block.runs) {
        const classes = run.within.map((name) => roles(name)).filter(Boolean);
        const words = classes.length ? element('span', { class: classes.join(' ') }, run.text) : run.text;
        if (!run.within.includes(lit)) {
          mark = null;
          paragraph.append(words);
          continue;
        }
        if (!mark) {
          mark = element('mark', {});
          paragraph.append(mark);
        }
        mark.append(words);
      }
      return paragraph;
    });
}

// Bring the lit words into view and to the keyboard, once the page or the drawer has settled.
function showLit(root, { focus }) {
  const mark = root.querySelector('mark');
  if (!mark) return;
  mark.tabIndex = -1;
  const show = () => {
    if (!mark.isConnected) return;
    // Words longer than the window are read from their beginning; their scroll margin keeps the sticky head off them.
    const tall = mark.getBoundingClientRect().height > innerHeight / 2;
    mark.scrollIntoView({ block: tall ? 'start' : 'center' });
    if (focus) mark.focus({ preventScroll: true });
  };
  requestAnimationFrame(show);
  // The drawer slides in and takes the focus to itself when it has arrived.
  for (const delay of [120, 400]) {
    setTimeout(() => {
      const box = mark.getBoundingClientRect();
      const away = box.bottom < 0 || box.top > innerHeight || box.left >= innerWidth;
      if (away || (focus && document.activeElement !== mark && !root.contains(document.activeElement))) show();
    }, delay);
  }
}

// A real link, for new tabs and copying; a plain click goes through Python and keeps the session.
function staysHere(link, follow) {
  link.addEventListener('click', (event) => {
    if (event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    follow();
  });
}
