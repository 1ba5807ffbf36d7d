// The language of the page, for voices and translators: Streamlit always says English.

export default function ({ data }) {
  document.documentElement.lang = data.language;
}
