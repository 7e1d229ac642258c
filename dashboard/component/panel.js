// The export panel: a view or a table as a file, as a citation, as a link.
//
// It is fetched when a reader first asks for it. Files are drawn by the server; only what
// is on screen is saved by the browser itself, which works without the server too.

const NAMES = {
  png: 'PNG', svg: 'SVG', pdf: 'PDF', pptx: 'PPTX', xlsx: 'XLSX', csv: 'CSV', json: 'JSON', parquet: 'Parquet', geojson: 'GeoJSON',
  gpkg: 'GeoPackage', sdmx: 'SDMX-CSV', zip: 'ZIP', report: 'PDF', screen_png: 'PNG', screen_svg: 'SVG', toml: 'TOML'
}
const GROUPS = {
  picture: ['png', 'svg', 'pdf'], slide: ['pptx'], report: ['report'], data: ['xlsx', 'csv', 'json', 'parquet', 'geojson', 'gpkg', 'sdmx'], whole: ['zip'],
  screen: ['screen_png', 'screen_svg']
}
// Kinds of views that have a format; the other formats are of all kinds.
const KINDS = { geojson: ['map', 'ranking'], gpkg: ['map', 'ranking'], report: ['region'] }
const STYLES = { gbt7714: 'GB/T 7714', apa: 'APA', bibtex: 'BibTeX' }
// What an option bears on.
const BEARS = {
  size: ['png', 'svg', 'pdf', 'zip'], dpi: ['png', 'zip'], font: ['png', 'svg', 'pdf', 'pptx', 'zip'], theme: ['png', 'svg', 'pdf', 'pptx', 'zip'],
  title: ['png', 'svg', 'pdf', 'zip'], lang: ['report', 'png', 'svg', 'pdf', 'pptx', 'xlsx', 'zip']
}

const loaded = new Map()
const chosen = {} // what the reader chose last, for the next time the panel is opened

// The words of the panel, once its looks are here too.
export function words (url) {
  if (!loaded.has(url)) {
    const asked = fetch(new URL(url, document.baseURI)).then(async answer => {
      if (!answer.ok) throw new Error(`words ${answer.status}`)
      const known = await answer.json()
      await looks(known.style)
      return known
    })
    asked.catch(() => loaded.delete(url))
    loaded.set(url, asked)
  }
  return loaded.get(url)
}

function looks (url) {
  return new Promise((resolve, reject) => {
    const link = el('link', { rel: 'stylesheet', href: new URL(url, document.baseURI).href, onload: resolve, onerror: () => { link.remove(); reject(new Error('looks')) } })
    document.head.append(link)
  })
}

export const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? '')

// An element: el('button.primary', { type: 'button' }, 'text', child, ...)
export function el (what, attributes = {}, ...children) {
  const [tag, ...classes] = what.split('.')
  const element = document.createElement(tag)
  if (classes.length) element.className = classes.join(' ')
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) element[key] = value
    else if (value === true) element.setAttribute(key, '')
    else if (value !== false && value !== undefined && value !== null) element.setAttribute(key, value)
  }
  element.append(...children.filter(child => child !== null && child !== undefined))
  return element
}

export function select (label, options, value, onchange) {
  const box = el('select', { onchange: () => onchange(box.value) }, ...Object.entries(options).map(([key, text]) => el('option', { value: key }, text)))
  box.value = value
  return el('label.jjj-option', {}, el('span', {}, label), box)
}

// --- files ------------------------------------------------------------------------------

export function saveAs (blob, name) {
  const link = el('a', { href: URL.createObjectURL(blob), download: name })
  document.body.append(link)
  link.click()
  link.remove()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

function nameOf (answer, otherwise) {
  const said = answer.headers.get('content-disposition') ?? ''
  const encoded = said.match(/filename\*\s*=\s*UTF-8''([^;]+)/i)
  if (encoded) { try { return decodeURIComponent(encoded[1].trim()) } catch {} }
  return said.match(/filename\s*=\s*"?([^";]+)"?/i)?.[1] ?? otherwise
}

// A sentence for what went wrong; the server's own where it said one.
async function refusal (answer, w) {
  try {
    const { error } = await answer.clone().json()
    if (error) return String(error)
  } catch {}
  return fill(w.no_answer, { status: answer.status })
}

function exportURL (address, format, lang) {
  const [kind, query] = address.split('?')
  const url = new URL(`./api/export/${format === 'report' ? 'report.pdf' : `${kind}.${format}`}${query ? `?${query}` : ''}`, document.baseURI)
  url.searchParams.set('lang', lang)
  return url
}

const randomName = () => [...crypto.getRandomValues(new Uint8Array(12))].map(byte => byte.toString(16).padStart(2, '0')).join('')

// Fetches a file that the server makes and saves it; `says` shows how far it is.
// Returns once it is saved, refused or cancelled. One download at a time in each place.
export async function download ({ url, body, name, w, says }) {
  says.controller?.abort()
  const controller = says.controller = new AbortController()
  const job = randomName()
  const leave = () => controller.abort()
  addEventListener('pagehide', leave)
  let over = false
  const watch = async () => {
    while (!over) {
      await new Promise(resolve => setTimeout(resolve, 400))
      if (over) return
      try {
        const answer = await fetch(new URL(`./api/export/jobs/${job}`, document.baseURI), { signal: controller.signal, cache: 'no-store' })
        const { state, ahead, done, of } = answer.ok ? await answer.json() : {}
        if (over) return
        if (state === 'waiting' && ahead > 0) says.busy(fill(w.waiting, { n: ahead }))
        else if (state === 'running' && of > 1) says.busy(fill(w.running_of, { k: done, n: of }), done / of)
        else says.busy(w.running)
      } catch { return }
    }
  }
  says.busy(w.running, undefined, () => controller.abort())
  try {
    const at = new URL(url, document.baseURI)
    if (!body) at.searchParams.set('job', job)
    watch()
    const answer = await fetch(at, body
      ? { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ ...body, job }), signal: controller.signal }
      : { signal: controller.signal, cache: 'no-store' })
    if (!answer.ok) return says.wrong(await refusal(answer, w))
    const file = nameOf(answer, name)
    saveAs(await answer.blob(), file)
    says.done(fill(w.saved, { name: file }))
  } catch (error) {
    if (controller.signal.aborted) says.controller === controller && says.done(w.cancelled)
    else says.wrong(w.unreachable)
  } finally {
    over = true
    removeEventListener('pagehide', leave)
  }
}

// Where a download says how far it is: a line with its bar and the button that cancels it.
export function progress (w) {
  const line = el('span')
  const bar = el('progress', { 'aria-label': w.running })
  const cancel = el('button', { type: 'button' }, w.cancel)
  const box = el('div.jjj-progress', { role: 'status' }, bar, line, cancel)
  const set = (state, sentence) => { box.dataset.state = state; line.textContent = sentence; bar.hidden = cancel.hidden = state !== 'busy' }
  set('', '')
  return {
    box,
    busy (sentence, share, oncancel) {
      set('busy', sentence)
      if (share >= 0) bar.value = share
      else bar.removeAttribute('value')
      if (oncancel) cancel.onclick = oncancel
    },
    done (sentence) { set('done', sentence) },
    wrong (sentence) { set('wrong', sentence) }
  }
}

// Copies a text; without https the browser has only the old way, from a field inside `place`.
export async function copy (text, place, w) {
  try {
    await navigator.clipboard.writeText(text)
    return w.copied
  } catch {}
  const field = el('textarea', { readonly: true, 'aria-hidden': 'true', tabindex: '-1', style: 'position:fixed;opacity:0' })
  field.value = text
  const before = document.activeElement
  place.append(field)
  field.select()
  let worked = false
  try { worked = document.execCommand('copy') } catch {}
  field.remove()
  before?.focus()
  return worked ? w.copied : ''
}

// A text to take along, with a button that copies it.
export function copyable (label, text, w, rows = 2) {
  const field = el('textarea', { readonly: true, rows, placeholder: w.running, 'aria-label': label, spellcheck: 'false', onfocus: () => field.select() })
  field.value = text
  const button = el('button', { type: 'button', 'aria-label': `${w.copy}: ${label}` }, w.copy)
  const said = el('span.jjj-copied', { role: 'status' })
  button.onclick = async () => {
    const sentence = await copy(field.value, box, w)
    said.textContent = sentence || w.copy_failed
    if (!sentence) field.select()
    setTimeout(() => { said.textContent = '' }, 5000)
  }
  const box = el('div.jjj-copy', {}, field, button, said)
  return { box, set: value => { field.value = value } }
}

// --- the panel --------------------------------------------------------------------------

let dialog

export async function open ({ address, title, lang, words: url, save }) {
  const w = await words(url)
  if (dialog) return
  const kind = address.split('?')[0]
  const options = { ...w.standard, title: '1', lang, ...chosen }
  options.lang = lang
  const says = progress(w)
  const groups = Object.entries(GROUPS).map(([group, formats]) => [group, formats.filter(format =>
    (kind !== 'data' || group === 'data' || group === 'whole') && (group !== 'screen' || save) && (KINDS[format]?.includes(kind) ?? true))])
    .filter(([, formats]) => formats.length)
  const offered = groups.flatMap(([, formats]) => formats)
  let format = offered.includes(chosen.format) ? chosen.format : offered[0]

  const about = el('p.jjj-about', { id: 'jjj-about', 'aria-live': 'polite' })
  const go = el('button.primary', { type: 'submit' })
  const choices = el('fieldset.jjj-formats', {}, el('legend', {}, w.format), ...groups.map(([group, formats]) =>
    el('div', { role: 'group', 'aria-label': w.group[group] }, el('span', { 'aria-hidden': 'true' }, w.group[group]), el('span.choices', {}, ...formats.map(name =>
      el('label', {}, el('input', { type: 'radio', name: 'format', value: name, checked: name === format, 'aria-describedby': 'jjj-about', onchange: () => choose(name) }),
        el('span', {}, NAMES[name])))))))

  const dpi = select(w.option.dpi, { 0: '', ...Object.fromEntries(w.dpi.map(n => [n, `${n} dpi`])) }, options.dpi, value => set('dpi', value))
  const boxes = {
    size: select(w.option.size, w.size, options.size, value => set('size', value)),
    dpi,
    font: select(w.option.font, w.font, options.font, value => set('font', value)),
    theme: select(w.option.theme, w.theme, options.theme, value => set('theme', value)),
    lang: select(w.option.lang, w.language, options.lang, value => set('lang', value)),
    title: el('label.jjj-option.check', {}, el('input', { type: 'checkbox', checked: options.title === '1', onchange: e => set('title', e.target.checked ? '1' : '0') }),
      el('span', {}, w.option.title))
  }
  const settings = el('div.jjj-options', {}, ...Object.values(boxes))

  function set (key, value) {
    options[key] = value
    if (key !== 'lang') chosen[key] = value
    tell()
  }

  function choose (name) {
    format = chosen.format = name
    tell()
  }

  function tell () {
    about.textContent = w.about[kind === 'data' && format === 'zip' ? 'zip_data' : format]
    go.textContent = fill(w.download, { format: NAMES[format] })
    dpi.querySelector('option').textContent = fill(w.option.dpi_own, { n: w.size_dpi[options.size] })
    for (const [key, box] of Object.entries(boxes)) box.hidden = !BEARS[key].includes(format) || (kind === 'data' && key !== 'lang')
    settings.hidden = Object.values(boxes).every(box => box.hidden)
  }

  async function start () {
    if (format.startsWith('screen_')) {
      const name = await save(format.slice(7)).catch(() => '')
      return name ? says.done(fill(w.saved, { name })) : says.wrong(w.not_drawn)
    }
    const at = exportURL(address, format, options.lang)
    for (const key of ['size', 'dpi', 'font', 'theme', 'title']) {
      const standard = key === 'title' ? '1' : w.standard[key]
      if (!boxes[key].hidden && options[key] !== standard) at.searchParams.set(key, options[key])
    }
    await download({ url: at, name: `${kind}.${{ sdmx: 'csv', report: 'pdf' }[format] ?? format}`, w, says })
  }

  const link = new URL(`./${address}${lang === 'en' ? `${address.includes('?') ? '&' : '?'}lang=EN` : ''}`, document.baseURI).href
  const side = el('div.jjj-side-cite', {})
  const form = el('form', { onsubmit: event => { event.preventDefault(); start() } }, choices, about, settings, el('div.jjj-go', {}, go, says.box))
  const close = el('button.jjj-close', { type: 'button', 'aria-label': w.close, onclick: () => dialog.close() }, '×')
  dialog = el('dialog.jjj-export', { 'aria-labelledby': 'jjj-export-title', lang: document.documentElement.lang },
    el('header', {}, el('div', {}, el('h2', { id: 'jjj-export-title' }, w.open), el('p', {}, title)), close),
    el('div.jjj-body', {}, form, side))
  dialog.onclose = () => { says.controller?.abort(); dialog.remove(); dialog = undefined }
  dialog.onclick = event => { if (event.target === dialog && outside(event, dialog)) dialog.close() }
  tell()
  cite()
  document.body.append(dialog)
  dialog.showModal()
  choices.querySelector('input:checked')?.focus()

  // Citations come from the server; the link stands at once.
  async function cite () {
    const permanent = copyable(w.link, link, w)
    const styles = el('div.jjj-tabs', { role: 'tablist', 'aria-label': w.cite_how })
    const citation = copyable(w.cite, '', w, 6)
    const sheet = el('div', { role: 'tabpanel', id: 'jjj-cite' }, citation.box)
    citation.box.insertBefore(el('a', { href: exportURL(address, 'bib', lang), download: true }, w.bib), citation.box.lastChild)
    const embed = copyable(w.embed, '', w, 4)
    const rest = [el('p', {}, w.cite_note), ...(kind === 'data' ? [] : [el('h3', {}, w.embed), embed.box])]
    side.append(el('h3', {}, w.cite), styles, sheet, ...rest, el('h3', {}, w.link), permanent.box)
    let known
    try {
      const answer = await fetch(exportURL(address, 'cite', lang))
      if (!answer.ok) throw new Error(await refusal(answer, w))
      known = await answer.json()
    } catch {
      styles.replaceWith(el('p.jjj-about', {}, w.cite_failed))
      for (const element of [sheet, ...rest]) element.remove()
      return
    }
    const tabs = Object.keys(STYLES).filter(style => known[style]).map((style, i) => el('button', {
      type: 'button', role: 'tab', id: `jjj-cite-${style}`, 'aria-controls': 'jjj-cite', 'aria-selected': String(i === 0), tabindex: i ? '-1' : '0',
      onclick: () => show(style)
    }, STYLES[style]))
    function show (style) {
      citation.set(known[style])
      for (const tab of tabs) {
        const now = tab.id === `jjj-cite-${style}`
        tab.setAttribute('aria-selected', String(now))
        tab.tabIndex = now ? 0 : -1
      }
      sheet.setAttribute('aria-labelledby', `jjj-cite-${style}`)
    }
    styles.onkeydown = event => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
      if (!step) return
      const next = tabs[(tabs.indexOf(document.activeElement) + step + tabs.length) % tabs.length]
      next.focus()
      next.click()
    }
    styles.append(...tabs)
    show(Object.keys(STYLES)[0])
    embed.set(known.embed ?? '')
    if (known.link) permanent.set(new URL(known.link, document.baseURI).href)
  }
}

function outside (event, element) {
  const box = element.getBoundingClientRect()
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom
}
