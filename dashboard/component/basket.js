// The basket's page: the views that the reader has gathered, in order, renamed, taken along.
//
// The list is kept by the store of app.js, in this browser. The server is asked for what an
// item shows and for files of the whole; it keeps nothing.

const OPENED = new WeakMap()
const TITLE = 'jjj-basket-title'
const shown = new Map() // what the server said of a view, by its address
const settled = new Set() // links whose list the reader has decided on

// --- a list in a link: names of addresses, deflated -------------------------------------------

const through = (bytes, stream) => new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer()

export async function encode (items) {
  const rows = items.map(({ address, title, seconds }) => [address, seconds, title])
  const packed = new Uint8Array(await through(new TextEncoder().encode(JSON.stringify(rows)), new CompressionStream('deflate-raw')))
  return btoa(String.fromCharCode(...packed)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

export async function decode (text, lang) {
  const packed = Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), c => c.charCodeAt(0))
  const rows = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(await through(packed, new DecompressionStream('deflate-raw'))))
  const items = window.JJJ.basket.itemsOf(rows.map(([address, seconds, title]) => ({ address, seconds, title, lang })))
  if (!items.length || items.length < rows.length || items.length > window.JJJ.basket.most) throw new Error('items')
  return items
}

function moved (items, from, to) {
  const list = [...items]
  list.splice(to, 0, ...list.splice(from, 1))
  return list
}

// --- the page ---------------------------------------------------------------------------------

class Basket {
  constructor (root) {
    this.root = root
    this.changed = () => { if (this.kit && !this.own) this.build() }
    addEventListener('jjj-basket', this.changed)
    this.seen = new IntersectionObserver(entries => {
      for (const { isIntersecting, target } of entries) if (isIntersecting) { this.seen.unobserve(target); this.describe(target) }
    })
  }

  async update ({ data }) {
    this.data = data
    this.words = data.words
    if (!this.kit) this.root.textContent = data.words.loading
    const kit = await import(new URL(data.panel, document.baseURI).href)
    this.panelWords = await kit.words(data.panelWords)
    this.kit = kit
    if (!this.root.isConnected) return
    this.build()
    this.offer()
    this.root.dataset.drawn = '1'
  }

  get items () { return this.list ?? window.JJJ.basket.read().items }

  // Keeps the new list; where the browser keeps nothing, at least while the page is open.
  keep (items, sentence = '', build = true) {
    const before = this.items
    this.own = true
    const failed = window.JJJ.basket.write(items)
    this.own = false
    this.list = failed === 'refused' ? items : undefined
    this.before = before
    if (build) this.build()
    else this.count()
    this.say(failed === 'refused' ? this.words.refused : sentence)
  }

  // What a reader writes into a row changes that row alone, which keeps the focus.
  change (address, what) {
    this.keep(this.items.map(item => item.address === address ? { ...item, ...what } : item), '', false)
  }

  count () {
    const { items, words: w } = this
    const seconds = items.reduce((sum, item) => sum + item.seconds, 0)
    const time = seconds < 60 ? this.kit.fill(w.seconds_only, { s: seconds }) : this.kit.fill(w.minutes, { m: Math.floor(seconds / 60), s: seconds % 60 })
    this.root.querySelector('.head p').textContent = this.kit.fill(w.count, { n: items.length, time })
  }

  say (sentence, undo = false) {
    const { el } = this.kit
    const line = this.root.querySelector('.said')
    line.replaceChildren(sentence)
    if (undo) {
      const before = this.before
      line.append(' ', el('button', { type: 'button', onclick: () => { this.keep(before, this.words.undone); this.root.querySelector('h2')?.focus() } }, this.words.undo))
    }
  }

  nameOfChart (item) { return item.label || shown.get(`${this.data.lang} ${item.address}`)?.title || item.address }

  name (item) { return item.title || this.nameOfChart(item) }

  build () {
    const { el } = this.kit
    const { root } = this
    if (!root.querySelector('.said')) {
      root.replaceChildren(el('div.damaged'), el('div.offer-place'), el('p.said', { role: 'status' }), el('div.list'), el('div.take'))
    }
    this.damage()
    const place = root.querySelector('.list')
    const { items } = this
    const w = this.words
    if (!items.length) {
      place.replaceChildren(el('p.empty', {}, w.empty), el('p.next', {}, w.start, ...Object.entries(this.data.start).map(([href, text]) => el('a', { href }, text))))
      root.querySelector('.take').replaceChildren()
      return
    }
    this.seen.disconnect()
    place.replaceChildren(
      el('div.head', {}, el('h2', { tabindex: '-1' }, w.items), el('p'), el('button', { type: 'button', onclick: () => this.clear() }, w.clear)),
      el('ol', { 'aria-label': w.items }, ...items.map((item, at) => this.row(item, at, items.length))))
    this.count()
    for (const row of place.querySelectorAll('li')) this.seen.observe(row)
    if (!root.querySelector('.take').children.length || this.langShown !== this.data.lang) this.take()
    this.langShown = this.data.lang
  }

  clear () {
    const n = this.items.length
    this.keep([])
    this.say(this.kit.fill(this.words.cleared, { n }), true)
    this.root.querySelector('.said button').focus()
  }

  remove (at) {
    const title = this.name(this.items[at])
    this.keep(this.items.filter((_, i) => i !== at))
    this.say(this.kit.fill(this.words.removed, { title }), true)
    ;(this.root.querySelectorAll('.list .remove')[Math.min(at, this.items.length - 1)] ?? this.root.querySelector('.said button')).focus()
  }

  // The button that was pressed goes along with its item, as long as there is further to go.
  move (from, to, pressed) {
    const item = this.items[from]
    this.keep(moved(this.items, from, to), this.kit.fill(this.words.moved, { title: this.name(item), n: to + 1 }))
    const row = this.root.querySelectorAll('.list li')[to]
    if (pressed) (row.querySelector(`.${pressed}:not(:disabled)`) ?? row.querySelector('.up:not(:disabled), .down:not(:disabled)'))?.focus()
  }

  row (item, at, of) {
    const { el, fill } = this.kit
    const w = this.words
    const title = this.name(item)
    const kind = item.address.split('?')[0]
    const row = el('li', { 'data-address': item.address },
      el('span.grip', { 'aria-hidden': 'true', draggable: 'true' }, '⠿'),
      el('span.number', { 'aria-hidden': 'true' }, String(at + 1)),
      el('div.what', {},
        el('div', {}, w.kind[kind] ? el('span.kind', {}, w.kind[kind]) : null,
          el('input', { type: 'text', maxlength: 200, value: item.title, placeholder: this.nameOfChart(item), title: w.title_hint, 'aria-label': fill(w.item_title, { n: at + 1 }),
            onchange: event => this.change(item.address, { title: event.target.value.trim() }) })),
        el('p')),
      el('label.seconds', {}, el('input', { type: 'number', min: 3, max: 600, value: item.seconds, 'aria-label': fill(w.seconds, { n: at + 1 }),
        onchange: event => {
          event.target.value = Math.min(600, Math.max(3, Math.round(+event.target.value) || 12))
          this.change(item.address, { seconds: +event.target.value })
        } }), el('span', { 'aria-hidden': 'true' }, w.seconds_unit)),
      el('span.acts', {},
        el('a', { href: this.pageOf(item), 'aria-label': fill(w.open_of, { title }) }, w.open),
        el('button.up', { type: 'button', disabled: !at, 'aria-label': fill(w.up, { title }), onclick: () => this.move(at, at - 1, 'up') }, '↑'),
        el('button.down', { type: 'button', disabled: at === of - 1, 'aria-label': fill(w.down, { title }), onclick: () => this.move(at, at + 1, 'down') }, '↓'),
        el('button.remove', { type: 'button', 'aria-label': fill(w.remove_of, { title }), onclick: () => this.remove(at) }, w.remove)))
    const grip = row.querySelector('.grip')
    grip.ondragstart = event => {
      this.dragged = at
      event.dataTransfer.effectAllowed = 'move'
      event.dataTransfer.setData('text/plain', title)
      event.dataTransfer.setDragImage(row, 12, 12)
      row.classList.add('dragged')
    }
    grip.ondragend = () => { this.dragged = undefined; row.classList.remove('dragged') }
    row.ondragover = event => { if (this.dragged !== undefined) { event.preventDefault(); row.classList.add(this.dragged < at ? 'below' : 'above') } }
    row.ondragleave = () => row.classList.remove('above', 'below')
    row.ondrop = event => {
      event.preventDefault()
      const from = this.dragged
      row.classList.remove('above', 'below')
      if (from !== undefined && from !== at) this.move(from, at)
    }
    return row
  }

  pageOf (item) {
    const [kind, query] = item.address.split('?')
    const page = this.data.pages[kind]
    const values = new URLSearchParams(query)
    if (this.data.lang === 'en') values.set('lang', page ? 'EN' : 'en')
    const place = page || `embed/${kind}`
    return `./${place}${place.includes('?') ? '&' : '?'}${values}`.replaceAll('%2C', ',')
  }

  // What the view says, for rows that are on screen: asked of the server once for each.
  async describe (row) {
    const { lang } = this.data
    const { address } = row.dataset
    const key = `${lang} ${address}`
    if (!shown.has(key)) {
      const [kind, query] = address.split('?')
      const url = new URL(`./api/view/${kind}.json?${query ?? ''}`, document.baseURI)
      url.searchParams.set('lang', lang)
      try {
        const answer = await fetch(url)
        if (!answer.ok) {
          const { error } = await answer.json()
          shown.set(key, { error })
        } else {
          const { title, headline, year } = await answer.json()
          shown.set(key, { title, headline, year })
        }
      } catch { return }
    }
    if (!row.isConnected) return
    const found = shown.get(key)
    const line = row.querySelector('.what p')
    line.textContent = found.error ? this.kit.fill(this.words.unavailable, { reason: found.error }) : found.headline ?? ''
    line.classList.toggle('wrong', !!found.error)
    const input = row.querySelector('input')
    if (input && found.title) input.placeholder = this.label(found)
    const item = this.items.find(item => item.address === address)
    if (found.title && item && (!item.label || item.lang !== lang)) this.relabel(address, this.label(found), lang)
  }

  label ({ title, year }) { return title + (year && !title.includes(year) ? ` · ${year}` : '') }

  relabel (address, label, lang) {
    this.own = true
    window.JJJ.basket.write(this.items.map(item => item.address === address ? { ...item, label, lang } : item))
    this.own = false
  }

  // --- the whole as a file, a screen, a link ---------------------------------------------------

  take () {
    const { el, select, progress, download } = this.kit
    const w = this.words
    const { lang } = this.data
    const place = this.root.querySelector('.take')
    const p = this.panelWords
    const options = { lang, font: p.standard.font, theme: p.standard.theme }
    const says = progress(p)
    let kept = ''
    try { kept = localStorage.getItem(TITLE) ?? '' } catch {}
    const name = el('input', { type: 'text', maxlength: 200, value: kept, placeholder: w.name_default, 'aria-label': w.name,
      onchange: () => { try { localStorage.setItem(TITLE, name.value.trim()) } catch {} } })
    const get = format => download({
      url: `./api/export/basket.${format}`, name: `basket.${format}`, w: p, says,
      body: {
        lang: options.lang, title: name.value.trim() || w.name_default, options: { font: options.font, theme: options.theme },
        items: this.items.map(({ address, title, seconds }) => ({ address, title, seconds }))
      }
    })
    const files = { pptx: 'PPTX', pdf: 'PDF', zip: 'ZIP', toml: w.playlist }
    place.replaceChildren(
      el('section', { 'aria-labelledby': 'basket-files' }, el('h2', { id: 'basket-files' }, w.downloads),
        el('div.jjj-options', {}, el('label.jjj-option.wide', {}, el('span', {}, w.name), name),
          select(p.option.lang, p.language, options.lang, value => { options.lang = value }),
          select(p.option.theme, p.theme, options.theme, value => { options.theme = value }),
          select(p.option.font, p.font, options.font, value => { options.font = value })),
        el('dl.files', {}, ...Object.entries(files).flatMap(([format, label]) => [
          el('dt', {}, el('button', { type: 'button', 'data-format': format, onclick: () => get(format) }, label)), el('dd', {}, w[`about_${format}`])])),
        says.box),
      el('div', {}, el('section', { 'aria-labelledby': 'basket-show' }, el('h2', { id: 'basket-show' }, w.present),
        el('p', {}, w.present_text), el('p', {}, el('a.button.primary', { href: `./briefing?basket=1&lang=${lang}`, target: '_blank', rel: 'noopener' }, w.present))),
      el('section', { 'aria-labelledby': 'basket-share' }, el('h2', { id: 'basket-share' }, w.share), el('p', {}, w.share_text),
        el('p', {}, el('button.share', { type: 'button', onclick: () => this.share() }, w.share_copy)), el('div.link', { role: 'status' }))))
  }

  async share () {
    const { el, copy, copyable, fill } = this.kit
    const p = this.panelWords
    const place = this.root.querySelector('.link')
    const url = new URL('./basket', document.baseURI)
    url.searchParams.set('items', await encode(this.items))
    if (this.data.lang === 'en') url.searchParams.set('lang', 'EN')
    if (url.href.length > this.data.longest) {
      place.replaceChildren(el('p.wrong', {}, fill(this.words.share_too_long, { n: url.href.length, limit: this.data.longest })))
      return
    }
    const link = copyable(this.words.share_link, url.href, p)
    place.replaceChildren(link.box)
    const sentence = await copy(url.href, place, p)
    place.querySelector('.jjj-copied').textContent = sentence || p.copy_failed
  }

  // A link that brings a list changes nothing before the reader has said so.
  async offer () {
    const { el, fill } = this.kit
    const w = this.words
    const text = new URL(location.href).searchParams.get('items')
    const place = this.root.querySelector('.offer-place')
    if (text === null || settled.has(text)) return place.replaceChildren()
    const decided = () => {
      settled.add(text)
      const url = new URL(location.href)
      url.searchParams.delete('items')
      history.replaceState(history.state, '', url)
      place.replaceChildren()
    }
    let brought
    try {
      if (text.length > this.data.longest) throw new Error('length')
      brought = await decode(text, this.data.lang)
    } catch {
      place.replaceChildren(el('p.note', { role: 'status' }, w.offer_damaged))
      return
    }
    const { items } = this
    const fresh = brought.filter(item => !items.some(other => other.address === item.address))
    const list = el('ol', {}, ...brought.map(item => {
      const kind = w.kind[item.address.split('?')[0]]
      return el('li', { 'data-address': item.address }, el('div.what', {}, kind ? el('span.kind', {}, kind) : null, ' ', el('b', {}, item.title || item.address), el('p')))
    }))
    const add = () => {
      const all = [...this.items, ...fresh]
      if (all.length > window.JJJ.basket.most) return this.say(fill(w.offer_full, { n: all.length, limit: window.JJJ.basket.most }))
      decided()
      this.keep(all, fill(w.offer_added, { n: fresh.length }))
    }
    const replace = () => { decided(); this.keep(brought, ''); this.say(fill(w.offer_replaced, { n: brought.length }), true) }
    place.replaceChildren(el('section.offer', { 'aria-labelledby': 'basket-offer' }, el('h2', { id: 'basket-offer' }, fill(w.offer, { n: brought.length })),
      el('p', {}, fill(w.offer_text, { n: items.length })), list,
      el('p.choices', {}, el('button.primary', { type: 'button', onclick: add }, w.offer_add), items.length ? el('button', { type: 'button', onclick: replace }, w.offer_replace) : null,
        el('button', { type: 'button', onclick: decided }, w.offer_no))))
    for (const [i, row] of [...list.children].entries()) {
      this.describe(row).then(() => {
        const found = shown.get(`${this.data.lang} ${row.dataset.address}`)
        if (found?.title && !brought[i].title) row.querySelector('b').textContent = this.label(found)
      })
    }
  }

  // What the browser kept and nobody can read stays until the reader lets it go.
  damage () {
    const { el, saveAs } = this.kit
    const { basket } = window.JJJ
    const { whole, raw } = basket.read()
    let aside = null
    try { aside = localStorage.getItem(basket.aside) } catch {}
    const text = [aside, whole ? null : raw].filter(Boolean).join('\n')
    const place = this.root.querySelector('.damaged')
    if (!text) return place.replaceChildren()
    place.replaceChildren(el('div.note', { role: 'status' }, el('span', {}, this.words.damaged), el('span.choices', {},
      el('button', { type: 'button', onclick: () => saveAs(new Blob([text], { type: 'text/plain' }), 'basket.txt') }, this.words.damaged_download),
      el('button', { type: 'button', onclick: () => { this.keep(this.items); try { localStorage.removeItem(basket.aside) } catch {} this.damage() } }, this.words.damaged_drop))))
  }

  close () {
    this.seen.disconnect()
    removeEventListener('jjj-basket', this.changed)
  }
}

export function draw (component) {
  const root = component.parentElement.querySelector('.jjj-basket')
  if (!root) return () => {}
  let page = OPENED.get(root)
  if (!page) OPENED.set(root, page = new Basket(root))
  page.update(component).catch(error => { console.warn(String(error)); root.textContent = component.data.words.failed })
  return () => { page.close(); OPENED.delete(root) }
}
