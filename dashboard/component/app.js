// What the shell adds to Streamlit: the page's language, and links that do not reload the page.

const root = document.documentElement

new MutationObserver(() => {
  const tag = document.querySelector('.langtag')?.dataset.lang
  if (tag && root.lang !== tag) root.lang = tag
  if (document.querySelector('.stMainBlockContainer')) document.getElementById('boot')?.remove()
  count()
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

// --- the basket: views that the reader gathers, kept in this browser alone ------------------

const KEY = 'jjj-basket'
const ASIDE = 'jjj-basket-damaged'
const ADDRESS = /^[a-z_]{2,20}(\?[^\s<>"]{0,1500})?$/

// What stands in the store: the items that can be read, and whether that is all of it.
function read () {
  let raw = null
  try { raw = localStorage.getItem(KEY) } catch { return { items: [], whole: true } }
  if (raw === null) return { items: [], whole: true }
  let list
  try { list = JSON.parse(raw) } catch {}
  const items = itemsOf(list)
  return { items, whole: items.length === list?.length, raw }
}

function itemsOf (list) {
  return (Array.isArray(list) ? list : []).filter(item => typeof item?.address === 'string' && ADDRESS.test(item.address)).map(({ address, title, label, seconds, lang }) => ({
    address, title: String(title ?? '').slice(0, 200), label: String(label ?? '').slice(0, 200),
    seconds: seconds >= 3 && seconds <= 600 ? Math.round(seconds) : 12, lang: lang === 'en' ? 'en' : 'zh'
  }))
}

// Returns what was wrong, if anything. What could not be read is put aside before it is written over.
function write (items) {
  if (items.length > basket.most && items.length > read().items.length) return 'full'
  const { whole, raw } = read()
  try {
    if (!whole) localStorage.setItem(ASIDE, [localStorage.getItem(ASIDE), raw].filter(Boolean).join('\n'))
    localStorage.setItem(KEY, JSON.stringify(items))
  } catch { return 'refused' }
  dispatchEvent(new Event('jjj-basket'))
}

function toggle (item) {
  const { items } = read()
  const rest = items.filter(other => other.address !== item.address)
  return write(rest.length < items.length ? rest : [...items, item])
}

const basket = { most: 40, aside: ASIDE, read, write, toggle, itemsOf }

// The number of items beside the link to their page; the page may draw its header anew at any time.
let gathered = read().items.length

function count () {
  const link = document.querySelector('header.masthead nav a[href^="./basket"]')
  if (!link || (link.dataset.count ?? '') === String(gathered || '')) return
  if (gathered) link.dataset.count = gathered
  else delete link.dataset.count
}

// One sentence that is seen for a while, wherever the reader is on the page.
function tell (sentence) {
  document.querySelector('.jjj-toast')?.remove()
  const toast = Object.assign(document.createElement('p'), { className: 'jjj-toast', textContent: sentence })
  toast.setAttribute('role', 'status')
  document.body.append(toast)
  setTimeout(() => toast.remove(), 6000)
}

// The export panel is fetched when it is first asked for.
async function openPanel (view) {
  try {
    const { open } = await import(new URL(view.script, document.baseURI).href)
    await open(view)
  } catch (error) {
    console.warn(String(error))
    tell(view.failed)
  }
}

Object.assign(window.JJJ ??= {}, { basket, tell, openPanel })
addEventListener('jjj-basket', () => { gathered = read().items.length; count() })
addEventListener('storage', event => { if (event.key === KEY || event.key === null) dispatchEvent(new Event('jjj-basket')) })

// A table of the page is exported by the same panel as a chart.
document.addEventListener('click', event => {
  const button = event.target.closest?.('button[data-address]')
  if (button) openPanel(button.dataset)
})
