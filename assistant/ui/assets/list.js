// A list of articles or of speakers: each a link and a line or two about it.

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector('.listed');
  root.open = (id) => setTriggerValue('open', id);
  if (unchanged(root, data)) return;
  root.replaceChildren(...data.entries.map((entry) => {
    const link = element('a', { href: entry.address, target: '_self', lang: languageOf(entry.language) }, entry.title);
    staysHere(link, () => root.open(entry.id));
    return element('li', {}, element('h2', {}, link), element('p', {}, entry.meta),
      entry.described ? element('p', { lang: languageOf(entry.describedIn) }, entry.described) : null);
  }));
}
