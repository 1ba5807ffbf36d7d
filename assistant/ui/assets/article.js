// An article with its ledger: every statement is a button that lights its words.

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector('.article');
  root.speaker = (number) => setTriggerValue('speaker', number);
  if (unchanged(root, data)) return;
  const sheet = element('article', { class: 'sheet', lang: languageOf(data.language) });
  const ledger = element('section', { class: 'ledger', 'aria-labelledby': data.key + '-ledger' });

  const draw = (lit) => {
    const text = articleText(data.blocks, {
      lit,
      titleTag: 'h1',
      roles: (name) => (name === lit ? null : name.startsWith('verbatim-') ? verbatimOf(name, lit) : 'on-record'),
    });
    const head = [data.heading ? element('h1', { class: 'block title' }, data.heading) : null];
    sheet.replaceChildren(...head.filter(Boolean), ...text);
    const title = sheet.querySelector('.title');
    const meta = data.meta ? element('p', { class: 'meta', lang: data.interface }, data.meta) : null;
    if (meta) (title ? title.after(meta) : sheet.prepend(meta));
    for (const button of ledger.querySelectorAll('button')) {
      button.setAttribute('aria-pressed', String(button.dataset.name === lit));
    }
  };

  if (data.notice) ledger.append(element('p', { class: 'hint' }, data.notice));
  if (data.statements.length) {
    ledger.append(
      element('h2', { class: 'ledger-title', id: data.key + '-ledger' }, data.ledgerTitle),
      element('p', { class: 'hint' }, data.hint),
      element('ol', {}, ...data.statements.map((statement, number) => {
        const button = element('button', { type: 'button', class: statement.kind, 'aria-pressed': 'false',
          'data-name': statement.name, 'aria-label': statement.speaker + ', ' + statement.label + ': ' + statement.text },
          element('span', { class: 'kind' }, statement.label),
          element('span', { class: 'words', lang: languageOf(data.language) }, statement.text));
        button.addEventListener('click', () => {
          draw(statement.name);
          showLit(sheet, { focus: false });
        });
        // Somebody who goes on speaking is named once.
        const goesOn = number > 0 && data.statements[number - 1].speaker === statement.speaker;
        return element('li', {}, goesOn ? null : speaker(statement, number, root), button);
      })),
    );
  }
  root.replaceChildren(...[corrected(data.corrected), sheet, ledger.childElementCount ? ledger : null].filter(Boolean));
  draw(data.lit);
  if (data.lit) showLit(sheet, { focus: true });
}

// Whoever is known leads to all that they said.
function speaker(statement, number, root) {
  if (!statement.address) return element('p', { class: 'speaker' }, statement.speaker);
  const link = element('a', { href: statement.address, target: '_self', title: statement.allBy }, statement.speaker);
  staysHere(link, () => root.speaker(number));
  return element('p', { class: 'speaker' }, link);
}

// Fragments are shown for the statement that is lit: "verbatim-3-0" belongs to "said-3".
function verbatimOf(name, lit) {
  return lit && lit === 'said-' + name.split('-')[1] ? 'verbatim' : null;
}
