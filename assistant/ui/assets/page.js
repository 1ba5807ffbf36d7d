// What Streamlit leaves unsaid, for voices and translators: the language of the page, and where its navigation is.

export default function ({ data }) {
  document.documentElement.lang = data.language;
  document.querySelector('.st-key-masthead')?.setAttribute('role', 'navigation');
}
