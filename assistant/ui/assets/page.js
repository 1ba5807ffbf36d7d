// What Streamlit leaves unsaid, for voices and translators: the language of the page, and where its navigation is.
// The visitor's key is kept for a year, for the conversations to be found again; it says nothing of the visitor.

export default function ({ data }) {
  document.documentElement.lang = data.language;
  if (data.visitor && !document.cookie.includes('onrecord_visitor=' + data.visitor)) {
    const secure = location.protocol === 'https:' ? '; Secure' : '';
    document.cookie = `onrecord_visitor=${data.visitor}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
  }
  document.querySelector('.st-key-masthead')?.setAttribute('role', 'navigation');
}
