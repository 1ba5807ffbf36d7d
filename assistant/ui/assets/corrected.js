// That an article was corrected since, and how: what went is struck out, what came is underlined.

function corrected(data) {
  if (!data) return null;
  const unseen = (text) => element('span', { class: 'unseen', lang: data.interface }, text + ' ');
  const piece = (each) => each.before === each.after ? [each.after] : [
    each.before.trim() ? element('del', {}, unseen(data.was), each.before) : null,
    each.after.trim() ? element('ins', {}, unseen(data.now), each.after) : null].filter(Boolean);
  return element('section', { class: 'corrected', lang: data.interface, 'aria-label': data.title },
    element('p', { class: 'told' }, data.title),
    data.standing ? element('p', { class: 'standing' }, data.standing) : null,
    ...data.paragraphs.map((pieces) =>
      element('p', { class: 'change', lang: languageOf(data.language) }, ...pieces.flatMap(piece))));
}
