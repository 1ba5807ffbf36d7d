// One question and its reply.

export default function ({ data: { isLast, ...data }, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector('.turn');
  root.cite = (number) => setTriggerValue('cite', number);
  // A log is read out as it grows.
  const conversation = root.closest('.st-key-conversation');
  if (conversation) {
    conversation.setAttribute('role', 'log');
    conversation.setAttribute('aria-label', data.conversationLabel);
  }
  if (unchanged(root, data)) return;
  root.replaceChildren(
    element('h2', { class: 'question', lang: languageOf(data.language) },
      element('span', { class: 'unseen' }, data.questionLabel + ' '), data.question),
  );
  if (data.problem) root.append(element('p', { class: 'problem', role: 'alert' }, data.problem));
  if (data.reply) root.append(reply(data.reply, root));
  // A reply is read from its question on, however long it is.
  if (isLast) requestAnimationFrame(() => root.scrollIntoView({ block: 'start' }));
}

function reply(data, root) {
  const body = element('div', { class: 'reply ' + data.kind, lang: languageOf(data.language) });
  if (data.opening) body.append(element('p', { class: 'opening' }, data.opening));
  if (data.nearest.length) {
    body.append(element('section', { class: 'nearest', 'aria-label': data.nearestLabel },
      element('h3', { class: 'apart' }, data.nearestLabel), ...data.nearest.map((group) => evidence(group, root))));
  }
  body.append(...data.groups.map((group) => (data.prose ? prose(group, root) : evidence(group, root))));
  return body;
}

// What one article says: its lines in order, then where they stand.
function evidence(group, root) {
  return element('section', { class: 'group' },
    element('p', { class: 'where' },
      element('cite', { lang: languageOf(group.language) }, group.title),
      group.source ? element('span', { class: 'outlet' }, group.source) : null),
    element('ol', { class: 'lines' }, ...group.lines.map((line) =>
      element('li', { class: 'line ' + line.kind },
        element('p', { class: 'words', lang: languageOf(line.language) }, ...cited(line, root)),
        line.label ? element('p', { class: 'said' },
          element('span', { class: 'speaker' }, line.speaker), element('span', { class: 'kind' }, line.label)) : null))));
}

function prose(group, root) {
  return element('p', { class: 'prose' }, ...group.lines.flatMap((line) => [...cited(line, root), ' ']));
}

// The last word holds on to its citations, so that none begins a line alone.
function cited(line, root) {
  const at = line.text.trimEnd().lastIndexOf(' ') + 1;
  const buttons = line.citations.map((citation) => {
    const button = element('button', { type: 'button', class: 'cite', 'aria-label': citation.label,
      'aria-haspopup': 'dialog', title: citation.title }, String(citation.number));
    button.addEventListener('click', () => {
      for (const other of document.querySelectorAll('.turn .cite[data-open]')) other.removeAttribute('data-open');
      button.setAttribute('data-open', '');
      root.cite(citation.number);
    });
    return button;
  });
  const last = line.text.slice(at).trimEnd();
  if (last.length > 24) return [line.text.trimEnd(), ...buttons];
  return [line.text.slice(0, at), element('span', { class: 'last' }, last, ...buttons)];
}
