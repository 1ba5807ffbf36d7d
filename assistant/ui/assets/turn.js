// One question and its reply.

export default function ({ data: { isLast, ...data }, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector('.turn');
  root.cite = (number) => setTriggerValue('cite', number);
  root.speaker = (number) => setTriggerValue('speaker', number);
  root.anyTime = () => setTriggerValue('any_time', true);
  // A log is read out as it grows.
  const conversation = root.closest('.st-key-conversation');
  if (conversation) {
    conversation.setAttribute('role', 'log');
    conversation.setAttribute('aria-label', data.conversationLabel);
  }
  if (unchanged(root, data)) return;
  root.replaceChildren(
    element('h2', { class: 'question', lang: languageOf(data.language) },
      element('span', { class: 'unseen', dir: 'ltr' }, data.questionLabel + ' '), data.question),
  );
  if (data.problem) root.append(element('p', { class: 'problem', role: 'alert' }, data.problem));
  if (data.filters.length) root.append(filters(data, root));
  if (data.reply) root.append(reply(data.reply, root));
  // A reply is read from its question on, however long it is.
  if (isLast) requestAnimationFrame(() => root.scrollIntoView({ block: 'start' }));
}

// What the question was understood to be limited to, and the way to ask without it.
function filters(data, root) {
  const again = element('button', { type: 'button', class: 'any-time' }, data.anyTime);
  again.onclick = root.anyTime;
  return element('p', { class: 'filters', lang: languageOf(data.language) },
    ...data.filters.map((text) => element('span', { class: 'filter' }, text)), again);
}

function reply(data, root) {
  const body = element('div', { class: 'reply ' + data.kind, lang: languageOf(data.language), dir: 'ltr' });
  if (data.opening) body.append(element('p', { class: 'opening' }, data.opening));
  if (data.made) body.append(element('p', { class: 'made' }, data.made));
  const remarks = data.remarks.map((remark) => element('p', { class: 'remark', role: 'note' }, remark));
  // What was left out is told where it would have stood, not below a long list.
  if (data.prose.length) body.append(prose(data.prose, root), ...remarks.splice(0));
  if (data.prose.length && data.groups.length) body.append(element('h3', { class: 'apart' }, data.restLabel));
  if (data.nearest.length) {
    body.append(element('section', { class: 'nearest', 'aria-label': data.nearestLabel },
      element('h3', { class: 'apart' }, data.nearestLabel), ...data.nearest.map((group) => evidence(group, root))));
  }
  body.append(...data.groups.map((group) => evidence(group, root)));
  body.append(...remarks);
  return body;
}

// What a model wrote. A sentence that could not be compared with the article says so.
function prose(lines, root) {
  return element('p', { class: 'prose', dir: 'auto' }, ...lines.flatMap((line) => [
    line.doubt
      ? element('span', { class: 'unverified' }, ...cited(line, root), element('span', { class: 'doubt', dir: 'ltr' }, line.doubt))
      : element('span', { class: 'verified' }, ...cited(line, root), seal(line.seal)),
    ' ']));
}

function seal(label) {
  return element('span', { class: 'seal', role: 'img', 'aria-label': label, title: label }, '✓');
}
