// Which of a speaker's statements are shown. Native controls: the browser knows the reader's calendar and language.

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector('.filters');
  root.choose = (chosen) => setStateValue('chosen', chosen);
  if (unchanged(root, data)) return;
  const told = () => root.choose({
    article: root.querySelector('select')?.value ?? '',
    kinds: [...root.querySelectorAll('[type=checkbox]:checked')].map((box) => box.value),
    from: root.querySelector('[name=from]')?.value ?? '',
    to: root.querySelector('[name=to]')?.value ?? '',
  });
  root.onsubmit = (event) => event.preventDefault();
  root.onchange = told;
  root.replaceChildren(...[
    data.kinds.length > 1 ? kinds(data) : null,
    data.articles.length > 1 ? articles(data) : null,
    ...(data.first < data.last ? [day('from', data.fromLabel, data), day('to', data.toLabel, data)] : []),
  ].filter(Boolean));
}

function kinds(data) {
  return element('fieldset', {}, element('legend', { class: 'unseen' }, data.kindsLabel),
    ...data.kinds.map((kind) => element('label', { class: 'kind ' + kind.kind },
      element('input', { type: 'checkbox', value: kind.kind, checked: true }), kind.label)));
}

function articles(data) {
  return element('label', { class: 'field wide' }, element('span', {}, data.articlesLabel),
    element('select', {}, new Option(data.everyArticle, ''),
      ...data.articles.map((article) =>
        element('option', { value: article.id, lang: languageOf(article.language) }, article.label))));
}

function day(name, label, data) {
  return element('label', { class: 'field' }, element('span', {}, label),
    element('input', { type: 'date', name, min: data.first, max: data.last }));
}
