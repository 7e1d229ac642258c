// Plays slides: on a screen for days, in another site's page, or from one file without a server.
//
// What it reads stands in the page: { mode: 'run' | 'embed' | 'frozen', lang, words: { zh, en } } and
// run: playlist and lists: { zh, en }, or basket; frozen: lists, views: { zh: [...], en: [...] }, geometry;
// embed: view. Slides come one at a time and their text is kept, so that a lost connection stops nothing.

const data = JSON.parse(document.getElementById('data').textContent)
const still = matchMedia('(prefers-reduced-motion: reduce)')
const flags = document.documentElement.dataset
const FADE = 900

let lang = data.lang
let words = data.words[lang]
let chartModule, retries = 0

const at = url => new URL(url, document.baseURI).href
const wait = ms => new Promise(resolve => setTimeout(resolve, ms))

function make (tag, name, words) {
  const element = document.createElement(tag)
  if (name) element.className = name
  if (words !== undefined && words !== null) element.textContent = words
  return element
}

// --- getting things ----------------------------------------------------------------------

// A script that failed to load is asked for under another address: browsers remember the failure.
async function drawer () {
  const url = window.JJJ.chart
  try {
    chartModule ??= await import(at(url) + (retries ? `?${retries}` : ''))
  } catch (error) { retries++; throw error }
  return chartModule
}

async function ask (url) {
  const gone = new AbortController()
  const timer = setTimeout(() => gone.abort(), 20000)
  try {
    const answer = await fetch(at(url), { cache: 'no-cache', signal: gone.signal })
    if (answer.status >= 500) throw new Error(String(answer.status))
    const text = await answer.text()
    JSON.parse(text) // what is no JSON is a proxy's page and counts as no answer
    delete flags.offline
    return { ok: answer.ok, text }
  } catch (error) {
    if (data.mode === 'run') flags.offline = '1'
    throw error
  } finally { clearTimeout(timer) }
}

const kept = new Map() // href -> text of a slide; no more than the slides of the list

async function fetchSlide (slide) {
  const { ok, text } = await ask(slide.href)
  // a slide that is refused today is not thrown out where it was shown yesterday
  if (ok || !kept.has(slide.href)) kept.set(slide.href, text)
}

function content (n) {
  if (data.mode === 'frozen') return structuredClone(data.views[lang][n])
  const text = kept.get(list.slides[n].href)
  return text && JSON.parse(text)
}

function basketList () {
  let items = []
  try { items = JSON.parse(localStorage.getItem('jjj-basket')) ?? [] } catch { /* unreadable is empty */ }
  const slides = (Array.isArray(items) ? items : items.items ?? []).filter(item => typeof item?.address === 'string').map(item => {
    const [kind, query = ''] = item.address.split('?')
    const href = `./api/view/${encodeURIComponent(kind)}.json?${query}${query ? '&' : ''}lang=${lang}`
    const seconds = Math.min(600, Math.max(3, Number(item.seconds) || 12))
    return { address: item.address, seconds, play: false, title: String(item.title ?? ''), href }
  })
  return { title: '', slides }
}

// --- one slide ----------------------------------------------------------------------------

const blobs = new Map()

function geometryUrl (name, url) {
  if (!data.geometry) return url
  if (!blobs.has(name)) blobs.set(name, URL.createObjectURL(new Blob([JSON.stringify(data.geometry[name])], { type: 'application/json' })))
  return blobs.get(name)
}

// Names at the ends of lines, moved apart: the chart is lower than the one they were placed for.
function spread (layout, height, step = 16) {
  const [low, high] = layout.yaxis?.range ?? []
  const labels = (layout.annotations ?? []).filter(a => a.name === 'label' && a.yref !== 'paper' && Number.isFinite(a.y))
  if (!(high > low) || labels.length < 2) return
  const unit = (high - low) / height
  labels.sort((a, b) => a.y - b.y)
  for (const [i, label] of labels.entries()) if (i) label.y = Math.max(label.y, labels[i - 1].y + step * unit)
  for (let i = labels.length - 1, room = high - 4 * unit; i >= 0; room = labels[i--].y - step * unit) labels[i].y = Math.min(labels[i].y, room)
}

// Names on a map, without those that would lie on another's; the ranking beside it has all of them.
function thin (figure, height) {
  const [, low, , high] = figure.layout.meta.bbox
  const scale = height / (high - low)
  for (const trace of figure.data) {
    if (trace.mode !== 'text' || !Array.isArray(trace.textfont?.color)) continue
    const taken = []
    trace.text = trace.text.map((name, i) => {
      pen.font = `12px ${getComputedStyle(stage).fontFamily}`
      const half = pen.measureText(name).width / 2, x = trace.x[i] * scale, y = trace.y[i] * scale
      if (taken.some(t => Math.abs(t.x - x) < t.half + half && Math.abs(t.y - y) < 13)) return '\u00a0'
      taken.push({ x, y, half })
      return name
    })
  }
}

const pen = document.createElement('canvas').getContext('2d')

// Chinese breaks anywhere; a headline should break after a comma, not within a number. English should not break at hyphens.
function sentence (element, words) {
  const clauses = lang !== 'zh' ? String(words).split(/(?<= )|(?= )/) : String(words).match(/[^，；：、（）。]+[，；：、）。]*|[（]|./gu) ?? []
  const whole = clauses.reduce((out, clause) => {
    if (out.at(-1) === '（') out[out.length - 1] += clause
    else out.push(clause)
    return out
  }, [])
  element.replaceChildren(...whole.map(clause => lang === 'zh' || /[-–]/.test(clause) ? make('span', '', clause) : clause))
}

// Titles and sources stand outside the chart, in larger type; its height is what is left.
function fitted (view, slide, width, height, stacked) {
  const { chart } = view
  const count = chart.figures.length
  const columns = stacked ? 1 : count > 3 ? 2 : count
  const rows = Math.ceil(count / columns)
  const own = stacked ? 0 : (height - (rows - 1) * 8) / rows
  chart.figures.forEach((figure, i) => {
    const layout = figure.layout
    const meta = layout.meta ??= {}
    for (const name of Object.keys(figure.geometry ?? {})) figure.geometry[name] = geometryUrl(name, figure.geometry[name])
    delete meta.source
    const head = count > 1 && !meta.bbox && !meta.rows
    if (!head) delete layout.title
    else layout.title = { ...layout.title, font: { ...layout.title?.font, size: 15 } }
    const top = head ? 30 : 8 + (meta.topSpace ?? 0)
    layout.margin = { ...layout.margin, t: top, b: 8 + (meta.axisSpace ?? (meta.bbox || meta.rows ? 0 : 26)) }
    if (!own) {
      if (meta.rows) meta.rowHeight = 32
      if (meta.bbox) { // on a narrow screen the legend goes below
        layout.margin.b = 96
        layout.legend = { ...layout.legend, orientation: 'h', x: 0, xanchor: 'left', y: -0.01, yanchor: 'top' }
        thin(figure, (width - 16) / meta.aspect)
      }
      return
    }
    const inner = own - layout.margin.t - layout.margin.b
    if (meta.bbox) {
      meta.tallest = inner
      layout.xaxis = { ...layout.xaxis, constraintoward: 'left' } // room beside it for the legend and the year
      for (const trace of figure.data) if (trace.textfont?.size > 30) trace.visible = false
      thin(figure, inner)
    }
    spread(layout, inner)
    if (meta.rows) meta.rowHeight = inner / meta.rows
    if (!meta.bbox && !meta.rows) meta.fixed = own
  })
  if (slide.play && (chart.figures[0].frames ?? []).length > 1) {
    // the years play up to the one that the sentence is about
    const last = chart.figures[0].frames.findIndex(f => f.name === view.year)
    if (last > 0) chart.figures.forEach(figure => { figure.frames = (figure.frames ?? []).slice(0, last + 1) })
    const names = chart.figures[0].frames
    chart.frame = still.matches ? names.at(-1).name : names[0].name
    chart.interval = Math.max(350, Math.min(1600, slide.seconds * 620 / names.length))
  }
  chart.words = { ...chart.words }
  return chart
}

function drawn (box, patience) {
  return new Promise(resolve => {
    const done = ok => { watch.disconnect(); clearTimeout(timer); resolve(ok) }
    const watch = new MutationObserver(() => box.dataset.drawn === '1' && done(true))
    const timer = setTimeout(() => done(box.dataset.drawn === '1'), patience)
    watch.observe(box, { attributes: true, attributeFilter: ['data-drawn'] })
    if (box.dataset.drawn === '1') done(true)
  })
}

// A slide in the page, not yet seen: { element, close, play } or nothing where it could not be drawn.
async function build (view, slide) {
  const element = make('section', 'slide')
  element.dataset.kind = view.kind ?? 'refused'
  const head = make('header')
  const h1 = make('h1')
  sentence(h1, view.headline ?? view.error ?? words.nothing)
  head.append(make('p', 'kicker', slide.title || list.title || data.app?.[lang] || ''), h1)
  if (view.subtitle && view.kind !== 'number') head.append(make('p', 'unit', view.subtitle))
  element.append(head)
  if (view.number) {
    const number = make('div', 'number')
    number.append(make('p', 'value', view.number.value), make('p', 'when', `${view.number.where} · ${view.number.when}`))
    if (view.number.change) number.lastChild.append(' · ', make('b', '', view.number.change))
    element.append(number)
  }
  const place = make('div', 'chart')
  const box = make('div', 'jjj-chart')
  place.append(box)
  element.append(place)
  element.append(make('footer', '', [view.source_line, view.credit].filter(Boolean).join(' · ')))
  stage.append(element)
  for (const size of ['', 'long', 'longer']) { // three lines at most, in smaller type where the sentence is long
    head.dataset.size = size
    if (h1.offsetHeight < 2.4 * parseFloat(getComputedStyle(h1).lineHeight)) break
  }
  let stop = () => {}
  if (view.chart) {
    const stacked = flags.phone === '1'
    try {
      const { draw } = await drawer()
      const chart = fitted(view, slide, place.clientWidth, place.clientHeight, stacked)
      place.querySelector('.jjj-chart').dataset.count = view.chart.figures.length
      stop = draw({ parentElement: place, data: chart, setTriggerValue () {} })
      if (!await drawn(box, 12000)) throw new Error('not drawn')
    } catch (error) {
      stop()
      element.remove()
      return undefined
    }
  }
  return {
    element, view,
    play () { if (slide.play && view.chart && !still.matches) box.querySelector('.jjj-play')?.click() },
    close () { stop(); element.remove() }
  }
}

// --- the run ------------------------------------------------------------------------------

const stage = make('main', 'stage')
let list, now, turn = 0, shown = -1, wanted = 0, paused = false, held = 0, timer, startedAt = 0, left = 0

function size () {
  const phone = innerWidth < 700
  flags.phone = phone ? '1' : '0'
  // drawn small and enlarged as a whole, type and lines alike: 500 units are the height of the screen
  const scale = phone ? 1 : Math.min(innerHeight / 500, innerWidth / 720)
  stage.style.width = `${innerWidth / scale}px`
  stage.style.height = phone ? '' : `${innerHeight / scale}px`
  stage.style.transform = scale === 1 ? '' : `scale(${scale})`
  document.documentElement.style.setProperty('--unit', phone ? '3px' : `${scale}px`)
}

// Waits longer and longer for what has to be there; ends when the reader has gone on.
async function until (job, mine) {
  for (let pause = 1000; mine === turn; pause = Math.min(30000, pause * 1.7)) {
    try { return await job() } catch { notice(now ? '' : words.waiting) }
    await wait(pause * (0.8 + Math.random() / 2.5))
  }
}

async function show (n, { pinned = false } = {}) {
  if (!list.slides.length) return notice(words.empty_basket)
  n = (n % list.slides.length + list.slides.length) % list.slides.length
  const mine = ++turn
  wanted = n
  clearTimeout(timer)
  const slide = list.slides[n]
  let view = content(n)
  if (!view) {
    try { await fetchSlide(slide) } catch {
      // what is loaded goes on; the rest comes when the server is back
      const other = pinned ? -1 : next(n)
      if (mine !== turn) return
      if (other >= 0 && other !== shown) return show(other)
      if (now && !pinned) { timer = setTimeout(() => show(n), 5000); return }
      await until(() => fetchSlide(slide), mine)
    }
    if (mine !== turn) return
    view = content(n)
  }
  let made = await build(view, slide)
  for (let pause = 1000; !made && mine === turn; pause = Math.min(30000, pause * 1.7)) {
    if (!now) notice(words.waiting)
    await wait(pause)
    if (mine === turn) made = await build(content(n), slide)
  }
  if (mine !== turn) { made?.close(); return }
  notice('')
  swap(made)
  shown = n
  progress()
  made.play()
  flags.at = n
  flags.changes = Number(flags.changes ?? 0) + 1
  performance.clearMarks() // the browser would keep them for days
  performance.clearResourceTimings()
  remember()
  left = slide.seconds * 1000
  startedAt = 0
  go()
  if (data.mode === 'run') fetchSlide(list.slides[(n + 1) % list.slides.length]).catch(() => {})
}

// The next slide after n that could be shown without the server; -1 where there is none.
function next (n) {
  for (let k = 1; k < list.slides.length; k++) {
    const i = (n + k) % list.slides.length
    if (kept.has(list.slides[i].href)) return i
  }
  return -1
}

function swap (made) {
  const old = now
  now = made
  stage.querySelectorAll('.slide.leaving').forEach(one => one.leave?.())
  if (!old) { made.element.classList.add('seen'); return }
  old.element.classList.add('leaving')
  old.element.setAttribute('aria-hidden', 'true')
  const gone = setTimeout(() => old.element.leave?.(), still.matches ? 0 : FADE + 100)
  old.element.leave = () => { clearTimeout(gone); delete old.element.leave; old.close() }
  void made.element.offsetWidth // so that it fades in from nothing
  made.element.classList.add('seen')
  old.element.classList.remove('seen')
}

// The clock of the slide: runs unless somebody has paused it or something lies over it.
function go () {
  clearTimeout(timer)
  const runs = !paused && !held
  flags.paused = runs ? '0' : '1'
  bar.mark()
  if (!runs) { if (startedAt) left -= performance.now() - startedAt; startedAt = 0; return }
  startedAt = performance.now()
  timer = setTimeout(forward, Math.max(0, left))
}

function pause (wanted) {
  if (paused === wanted) return
  paused = wanted
  go()
}

function hold (more) {
  held += more
  go()
}

async function forward () {
  const n = shown + 1
  if (data.mode === 'run' && n >= list.slides.length) await renew()
  show(n)
}

// Once a round: the list as it is now, and the whole page where the program has changed.
async function renew () {
  const mine = turn
  try {
    if (data.basket) { list = basketList(); return }
    const { ok, text } = await ask(`./api/briefing/${data.playlist}.json?lang=${lang}`)
    const fresh = JSON.parse(text)
    if (!ok || mine !== turn) return
    if (fresh.version !== data.version && (await fetch(location.href, { method: 'HEAD', cache: 'no-cache' })).ok) return location.reload()
    take(fresh)
  } catch { /* the list that is here goes on */ }
}

function take (fresh) {
  list = fresh
  const wanted = new Set(list.slides.map(slide => slide.href))
  for (const href of kept.keys()) if (!wanted.has(href)) kept.delete(href)
  segments()
}

function move (step) { show(wanted + step, { pinned: true }) }
function jump (n) { show(Math.max(0, Math.min(list.slides.length - 1, n)), { pinned: true }) }

async function otherLanguage () {
  const to = lang === 'zh' ? 'en' : 'zh'
  const before = lang
  lang = to
  const fresh = data.basket ? basketList() : data.lists[to]
  const n = wanted
  if (data.mode === 'run') {
    const { href } = fresh.slides[n] ?? {}
    try { if (href && !kept.has(href)) kept.set(href, (await ask(href)).text) } catch { lang = before; return }
  }
  words = data.words[lang]
  document.documentElement.lang = words.tag
  if (data.mode === 'run') {
    const url = new URL(location.href)
    url.searchParams.set('lang', lang)
    history.replaceState(history.state, '', url)
  }
  take(fresh)
  bar.label()
  show(n, { pinned: true })
}

// --- what lies around the slides -----------------------------------------------------------

const badge = make('p', 'notice')
badge.setAttribute('role', 'status')
const track = make('ol', 'track')
track.setAttribute('aria-hidden', 'true')
const count = make('p', 'count')

function notice (sentence) { if (badge.textContent !== sentence) badge.textContent = sentence }

function segments () {
  if (track.children.length !== list.slides.length) track.replaceChildren(...list.slides.map(() => { const item = make('li'); item.append(make('i')); return item }))
}

function progress () {
  segments()
  ;[...track.children].forEach((item, i) => {
    item.className = i < shown ? 'past' : i === shown ? 'now' : ''
    if (i === shown) {
      item.firstChild.style.animationDuration = `${list.slides[i].seconds}s`
      item.replaceChildren(item.firstChild.cloneNode()) // the animation starts anew
    }
  })
  const today = data.date ?? new Date().toLocaleDateString('sv')
  count.textContent = `${today}   ${shown + 1} / ${list.slides.length}`
  count.setAttribute('aria-label', words.progress.replace('{at}', shown + 1).replace('{n}', list.slides.length))
}

// A window over the slides; the run is held while it is open.
const sheet = make('dialog', 'sheet')
sheet.addEventListener('close', () => { sheet.replaceChildren(); hold(-1) })
sheet.addEventListener('click', event => { if (event.target === sheet) sheet.close() })

function open (kind, parts) {
  if (sheet.open) { const same = sheet.dataset.kind === kind; sheet.close(); if (same) return }
  sheet.dataset.kind = kind
  const close = make('button', 'close', words.close)
  close.type = 'button'
  close.onclick = () => sheet.close()
  sheet.replaceChildren(make('h2', '', words[kind]), ...parts, close)
  hold(1)
  sheet.showModal()
}

function sources () {
  if (!now) return
  const { view } = now
  const cited = make('ol')
  for (const source of view.sources ?? []) {
    const item = make('li')
    const name = make(source.href ? 'a' : 'span', '', source.citation)
    if (source.href) { name.href = at(source.href); name.target = '_blank'; name.rel = 'noopener' }
    item.append(name, make('small', '', ` ${words.sources_n.replace('{n}', source.figures)}`))
    cited.append(item)
  }
  const parts = [make('p', '', view.title), cited]
  if (view.notes?.length) {
    const notes = make('ul')
    notes.append(...view.notes.map(note => make('li', '', note)))
    parts.push(make('h3', '', words.notes), notes)
  }
  open('sources', parts)
}

function help () {
  const keys = make('ul')
  keys.append(...Object.values(words.keys).map(line => make('li', '', line)))
  open('help', [keys])
}

const dark = make('div', 'blank')
dark.hidden = true

function blank () {
  dark.hidden = !dark.hidden
  hold(dark.hidden ? -1 : 1)
}

function full () {
  if (document.fullscreenElement) document.exitFullscreen()
  else document.documentElement.requestFullscreen?.().catch(() => {})
}

// The view's own page, from which the browser's Back returns to this slide.
function leave () {
  const link = now?.view.link
  if (!link) return
  pause(true)
  remember()
  location.href = at(link)
}

const MEMORY = 'jjj-briefing'
const here = () => location.pathname + new URLSearchParams(location.search).get('playlist')

function remember () {
  try { sessionStorage.setItem(MEMORY, JSON.stringify({ here: here(), at: shown, lang })) } catch { /* not allowed: it starts at the first */ }
}

function remembered () {
  try {
    const was = JSON.parse(sessionStorage.getItem(MEMORY))
    const came = performance.getEntriesByType('navigation')[0]?.type
    return was?.here === here() && (came === 'back_forward' || came === 'reload') ? { ...was, back: came === 'back_forward' } : undefined
  } catch { return undefined }
}

// Buttons for those who have no keyboard; they come with the pointer and go by themselves.
const bar = (() => {
  const box = make('div', 'bar')
  box.setAttribute('role', 'toolbar')
  const buttons = {}
  const add = (name, job) => {
    const button = buttons[name] = make('button')
    button.type = 'button'
    button.onclick = job
    box.append(button)
  }
  add('previous', () => move(-1))
  add('pause', () => pause(!paused))
  add('next', () => move(1))
  add('sources', sources)
  add('view', leave)
  add('language', otherLanguage)
  add('full', full)
  add('help', help)
  let hiding
  return {
    box,
    label () {
      box.setAttribute('aria-label', words.controls)
      for (const [name, button] of Object.entries(buttons)) button.textContent = words[name]
      this.mark()
    },
    mark () {
      buttons.pause.textContent = words[paused ? 'play' : 'pause']
      buttons.view.hidden = !now?.view.link
      buttons.language.hidden = data.mode === 'frozen' && Object.keys(data.lists).length < 2
    },
    show () {
      flags.pointer = '1'
      clearTimeout(hiding)
      hiding = setTimeout(() => { if (!box.contains(document.activeElement) || !document.activeElement.matches(':focus-visible')) delete flags.pointer }, 3000)
    }
  }
})()

let digits = '', typing

function digit (d) {
  digits += d
  clearTimeout(typing)
  const done = () => { const n = Number(digits); digits = ''; if (n >= 1 && n <= list.slides.length) jump(n - 1) }
  if (digits.length >= String(list.slides.length).length) done()
  else typing = setTimeout(done, 800)
}

const KEYS = {
  ArrowRight: () => move(1), ArrowDown: () => move(1), PageDown: () => move(1),
  ArrowLeft: () => move(-1), ArrowUp: () => move(-1), PageUp: () => move(-1),
  Home: () => jump(0), End: () => jump(list.slides.length - 1), ' ': () => pause(!paused), Enter: leave,
  f: full, b: blank, '.': blank, s: sources, l: otherLanguage, '?': help, '？': help, Escape: () => { if (!dark.hidden) blank() }
}

function key (event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return
  const name = event.key.length === 1 ? event.key.toLowerCase() : event.key
  if (sheet.open) { if (name === 's' || name === '?' || name === '？') { event.preventDefault(); KEYS[name]() } return }
  if ((name === 'Enter' || name === ' ') && event.target.closest?.('button, a')) return
  if (/^[0-9]$/.test(name)) return digit(name)
  if (!KEYS[name]) return
  event.preventDefault()
  if (!dark.hidden && !['b', '.', 'Escape'].includes(name)) blank()
  KEYS[name]()
}

let touch, swiped = 0

function listen () {
  addEventListener('keydown', key)
  addEventListener('pointermove', event => { if (event.pointerType === 'mouse') bar.show() })
  addEventListener('focusin', () => bar.box.contains(document.activeElement) && bar.show())
  stage.addEventListener('click', event => {
    if (performance.now() - swiped < 500 || event.target.closest('a, button')) return
    move(event.clientX < innerWidth / 3 ? -1 : 1)
  })
  dark.addEventListener('click', blank)
  stage.addEventListener('touchstart', event => { touch = event.touches.length === 1 ? event.touches[0] : undefined; bar.show() }, { passive: true })
  stage.addEventListener('touchend', event => {
    const end = event.changedTouches[0]
    if (!touch || !end) return
    const across = end.clientX - touch.clientX, down = end.clientY - touch.clientY
    if (Math.abs(across) < 45 || Math.abs(across) < 1.5 * Math.abs(down)) return
    swiped = performance.now()
    move(across > 0 ? -1 : 1)
  }, { passive: true })
  let resizing, width = innerWidth
  addEventListener('resize', () => {
    if (flags.phone === '1' && innerWidth === width) return // a phone's address bar comes and goes
    width = innerWidth
    clearTimeout(resizing)
    resizing = setTimeout(() => { size(); if (shown >= 0) show(wanted, { pinned: true }) }, 250)
  })
  addEventListener('pageshow', event => { if (event.persisted) pause(true) })
  document.addEventListener('visibilitychange', awake)
}

let lock

async function awake () {
  if (document.visibilityState !== 'visible') return
  try { if (!lock || lock.released) lock = await navigator.wakeLock?.request('screen') } catch { /* the screen's own settings hold */ }
}

async function run () {
  document.body.append(stage, track, count, badge, bar.box, dark, sheet)
  const was = remembered()
  if (was && data.words[was.lang] && data.mode === 'run') { lang = was.lang; words = data.words[lang]; document.documentElement.lang = words.tag }
  list = data.basket ? basketList() : data.lists[lang]
  size()
  bar.label()
  listen()
  awake()
  notice(words.loading)
  if (was?.back) paused = true
  await show(was ? was.at : 0)
}

// --- one chart alone ------------------------------------------------------------------------

async function embed () {
  const place = make('main', 'chart')
  const box = make('div', 'jjj-chart')
  place.append(box)
  document.body.append(place)
  if (!data.view.chart) { place.textContent = data.view.headline; return }
  for (let pause = 1000; ; pause = Math.min(30000, pause * 1.7)) {
    try {
      const { draw } = await drawer()
      const stop = draw({ parentElement: place, data: data.view.chart, setTriggerValue () {} })
      if (await drawn(box, 12000)) return
      stop()
    } catch { /* again in a moment */ }
    await wait(pause)
  }
}

window.JJJ.briefing = { show: n => show(n, { pinned: true }), get at () { return shown } }
if (data.mode === 'embed') embed()
else run()
