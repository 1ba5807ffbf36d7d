// Lines of articles with their citations, in replies and in a speaker's ledger. `root` is told what was chosen:
// root.cite(number), root.speaker(number of a citation), root.article(number of a citation).

// What one article says: its lines in order, under what they stand in.
function evidence(group, root) {
  const title = group.address ? element('a', { href: group.address, target: '_self' }, group.title) : group.title;
  if (group.address) staysHere(title, () => root.article(group.lines[0].citations[0].number));
  return element('section', { class: 'group' },
    element(group.address ? 'h2' : 'p', { class: 'where' },
      element('cite', { lang: languageOf(group.language) }, title),
      group.source ? element('span', { class: 'outlet' }, group.source) : null),
    element('ol', { class: 'lines' }, ...group.lines.map((line) =>
      element('li', { class: 'line ' + line.kind },
        element('p', { class: 'words', lang: languageOf(line.language) }, ...cited(line, root)),
        line.label ? element('p', { class: 'said' },
          line.speaker ? element('span', { class: 'speaker' }, ...speaker(line, root)) : null,
          element('span', { class: 'kind' }, line.label)) : null))));
}

// Whoever is known leads to all that they said.
function speaker(line, root) {
  if (!line.address) return [line.speaker];
  const link = element('a', { href: line.address, target: '_self', title: line.allBy }, line.speaker);
  staysHere(link, () => root.speaker(line.citations[0].number));
  return [link];
}

// The last word holds on to its citations, so that none begins a line alone.
function cited(line, root) {
  const at = line.text.trimEnd().lastIndexOf(' ') + 1;
  const buttons = line.citations.map((citation) => {
    const button = element('button', { type: 'button', class: 'cite', 'aria-label': citation.label,
      'aria-haspopup': 'dialog', title: citation.title }, String(citation.number));
    button.addEventListener('click', () => {
      for (const other of document.querySelectorAll('.cited .cite[data-open]')) other.removeAttribute('data-open');
      button.setAttribute('data-open', '');
      root.cite(citation.number);
    });
    return button;
  });
  const last = line.text.slice(at).trimEnd();
  if (last.length > 24) return [line.text.trimEnd(), ...buttons];
  return [line.text.slice(0, at), element('span', { class: 'last' }, last, ...buttons)];
}
