// The drawer: who said the cited words, how that is known, and the article with the words lit.

const classes = { verbatim: 'verbatim', named: 'named' };

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector('.source');
  root.open = () => setTriggerValue('open', true);
  if (unchanged(root, data)) return;
  const close = root.closest('[role=dialog]')?.querySelector('button[aria-label=Close]');
  if (close) close.setAttribute('aria-label', data.close);
  const link = element('a', { href: data.address, target: '_self' }, data.open);
  staysHere(link, () => root.open());
  root.replaceChildren(
    element('div', { class: 'attribution' },
      data.speaker || data.kind ? element('p', { class: 'who' }, element('span', { class: 'speaker' }, data.speaker),
        element('span', { class: 'kind' }, data.kind)) : null,
      data.resolved ? element('p', { class: 'how' }, data.resolved) : null,
      data.explained ? element('p', { class: 'how' }, data.explained) : null,
      element('p', { class: 'how' }, link)),
    ...[corrected(data.corrected)].filter(Boolean),
    element('div', { class: 'sheet', lang: languageOf(data.language) },
      data.heading ? element('p', { class: 'block title' }, data.heading) : null,
      ...articleText(data.blocks, { lit: 'cited', titleTag: 'p', roles: (name) => classes[name.split('-')[0]] })),
  );
  const title = root.querySelector('.title');
  if (data.meta) {
    const meta = element('p', { class: 'meta', lang: data.interface }, data.meta);
    if (title) title.after(meta); else root.querySelector('.sheet').prepend(meta);
  }
  showLit(root, { focus: true });
}
