// A speaker's statements, under the articles they stand in.

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector('.statements');
  root.cite = (number) => setTriggerValue('cite', number);
  root.article = (number) => setTriggerValue('article', number);
  if (unchanged(root, data)) return;
  root.replaceChildren(...data.groups.map((group) => evidence(group, root)));
}
