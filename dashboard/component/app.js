// What the shell adds to Streamlit: the page's language, and links that do not reload the page.

const root = document.documentElement

new MutationObserver(() => {
  const tag = document.querySelector('.langtag')?.dataset.lang
  if (tag && root.lang !== tag) root.lang = tag
  if (document.querySelector('.stMainBlockContainer')) document.getElementById('boot')?.remove()
}).observe(document.body, { childList: true, subtree: true })

// Streamlit restores a view when the reader goes back or forth; a link within the program is
// the same step, so it is taken the same way.
document.addEventListener('click', event => {
  const link = event.target.closest?.('a[href]')
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
  const href = link.getAttribute('href')
  if (!/^\.\/([\w-]*)(\?|$)/.test(href) || link.target || link.hasAttribute('download')) return
  event.preventDefault()
  const url = new URL(href, location.href)
  if (url.href === location.href) return
  history.pushState({}, '', url)
  dispatchEvent(new PopStateEvent('popstate', { state: {} }))
  document.querySelector('.stMain')?.scrollTo({ top: 0 })
})
