// The list of articles.

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector('.listed');
  root.open = (id) => setTriggerValue('open', id);
  if (unchanged(root, data)) return;
  root.replaceChildren(...data.articles.map((article) => {
    const link = element('a', { href: article.address, target: '_self', lang: languageOf(article.language) },
      article.title);
    staysHere(link, () => root.open(article.id));
    return element('li', {}, element('h2', {}, link), element('p', {}, article.meta));
  }));
}
