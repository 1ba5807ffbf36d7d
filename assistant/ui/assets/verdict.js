// The check of a quotation: the verdict in words and by shape, what was changed word by word, and where it is printed.

export default function ({ data: { isLastTurn, ...data }, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector('.verdict');
  root.cite = (number) => setTriggerValue('cite', number);
  root.speaker = (number) => setTriggerValue('speaker', number);
  if (unchanged(root, data)) return;
  root.replaceChildren(
    element('div', { class: 'finding ' + data.tone, role: 'status', lang: data.language },
      element('h2', {}, element('span', { class: 'sign', 'aria-hidden': 'true' }, data.sign), element('span', {}, data.verdict)),
      element('p', {}, data.explanation)),
    ...data.matches.map((match) => matched(match, data, root)),
  );
  // In a conversation a check is read from its question on.
  if (isLastTurn) requestAnimationFrame(() => [...document.querySelectorAll('.turn')].pop()?.scrollIntoView({ block: 'start' }));
}

function matched(match, data, root) {
  const open = element('button', { type: 'button', class: 'open', 'aria-haspopup': 'dialog', 'aria-label': match.openLabel },
    data.open);
  open.addEventListener('click', () => root.cite(match.number));
  const language = languageOf(match.language);
  return element('section', { class: 'match', 'aria-label': match.label },
    element('p', { class: 'where' }, element('cite', { lang: language }, match.title),
      match.source ? element('span', { class: 'outlet' }, match.source) : null),
    match.label ? element('p', { class: 'said' },
      match.speaker ? element('span', { class: 'speaker' }, ...speaker(match, root)) : null,
      match.kindLabel ? element('span', { class: 'kind' }, match.kindLabel) : null) : null,
    ...(match.original ? beside(match, data) : compared(match, data)),
    element('h3', {}, data.inContext),
    element('p', { class: 'context', lang: language }, match.before ? element('span', { class: 'around' }, match.before) : null,
      ...match.runs.map((run) => (run.role ? element(run.role === 'printed' ? 'mark' : 'strong', { class: run.role },
        run.role === 'missing' ? element('span', { class: 'unseen', lang: data.interface }, data.missing + ' ') : null,
        run.text) : run.text)),
      match.after ? element('span', { class: 'around' }, match.after) : null),
    element('div', { class: 'actions' }, open, ...copying(match, data)));
}

// A translation is shown beside the original and never marked word by word.
function beside(match, data) {
  return [element('div', { class: 'beside' },
    element('div', {}, element('h3', {}, data.claimed), element('p', { class: 'words' }, match.claimed)),
    element('div', {}, element('h3', {}, data.original),
      element('p', { class: 'words', lang: languageOf(match.language) }, match.original)))];
}

function compared(match, data) {
  if (!match.difference.length) return [];
  const words = match.difference.flatMap((each) => [...stretch(each, data), ' ']);
  return [element('h3', {}, match.same ? data.same : data.differs),
    element('p', { class: 'words', lang: languageOf(match.language) }, ...words)];
}

function stretch(each, data) {
  if (each.operation === 'equal') return [each.printed];
  const gone = each.claimed ? element('del', {}, unseen(data.notPrinted, data), each.claimed) : null;
  const put = each.printed ? element('ins', {}, unseen(data.printed, data), each.printed) : null;
  const turned = each.changes ? element('span', { class: 'turned', lang: data.interface }, each.changes) : null;
  return [gone, gone && put ? ' ' : null, put, turned ? ' ' : null, turned].filter(Boolean);
}

function unseen(text, data) {
  return element('span', { class: 'unseen', lang: data.interface }, text + ' ');
}

function copying(match, data) {
  if (!match.reference) return [];
  const reference = element('p', { class: 'reference', lang: languageOf(match.language) }, match.reference);
  const told = element('span', { class: 'told', role: 'status' });
  const copy = element('button', { type: 'button', class: 'copy' }, data.copy);
  copy.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(match.reference);
      told.textContent = data.copied;
    } catch {
      // Without leave to copy, or over plain http, the words are at least selected.
      getSelection().selectAllChildren(reference);
      told.textContent = data.selected;
    }
  });
  return [copy, told, reference];
}
