// Draws the Plotly figures of a view and keeps them alive across reruns.
//
// A view is a list of plain Plotly figures that share one time axis: the frames of each
// figure bear the same names. All years are here, so a change of year asks nothing of the
// server. Geometry comes by URL, once: a trace with meta.area gets its outline from there.

const views = new WeakMap()
const geometry = new Map()
let plotlyLoading

function loadPlotly () {
  if (window.Plotly) return Promise.resolve(window.Plotly)
  plotlyLoading ??= new Promise((resolve, reject) => {
    let script = document.getElementById('plotly') // asked for by the shell, still on its way
    if (!script) {
      script = Object.assign(document.createElement('script'), { src: new URL(window.JJJ.plotly, document.baseURI).href })
      document.head.append(script)
    }
    script.addEventListener('load', () => resolve(window.Plotly))
    script.addEventListener('error', () => { plotlyLoading = undefined; script.remove(); reject(new Error('plotly')) })
  })
  return plotlyLoading
}

function loadGeometry (url) {
  if (!geometry.has(url)) {
    const asked = fetch(new URL(url, document.baseURI)).then(r => {
      if (!r.ok) throw new Error(`geometry ${r.status}`)
      return r.json()
    })
    asked.catch(() => geometry.delete(url))
    geometry.set(url, asked)
  }
  return geometry.get(url)
}

function colours (element) {
  const css = getComputedStyle(element)
  const get = (name, otherwise) => css.getPropertyValue(name).trim() || otherwise
  return {
    text: get('--st-text-color', '#1c2630'),
    ground: get('--st-background-color', '#fbfaf7'),
    soft: get('--st-secondary-background-color', '#f1efe9'),
    line: get('--st-border-color', '#dcd8cf'),
    font: css.fontFamily
  }
}

// --- text that fits: Plotly does not wrap -------------------------------------------------

const pen = document.createElement('canvas').getContext('2d')

export function wrap (text, width, font) {
  pen.font = font
  const lines = []
  for (const paragraph of String(text ?? '').split('<br>')) {
    let line = ''
    // break between Chinese characters, elsewhere at spaces; closing marks stay with their word
    for (const piece of paragraph.match(/[\u2e80-\u9fff\uff00-\uffef][，。；：、）》”]*|[^\s\u2e80-\u9fff\uff00-\uffef]+\s*|\s+/g) ?? []) {
      if (line && pen.measureText(line + piece.trimEnd()).width > width) {
        lines.push(line.trimEnd())
        line = ''
      }
      line += piece
    }
    lines.push(line.trimEnd())
  }
  return lines.join('<br>')
}

function fit (layout, view, width, c) {
  const out = { ...layout, font: { ...layout.font, family: c.font, color: c.text } }
  const narrow = width < 520
  const margin = { ...(layout.margin ?? {}) }
  if (narrow && layout.meta?.narrow?.margin) Object.assign(margin, layout.meta.narrow.margin)
  const inner = width - 8
  if (layout.title?.text) {
    const size = narrow ? 16 : layout.title.font?.size ?? 20
    const small = narrow ? 12 : 13
    const title = wrap(layout.title.text, inner, `600 ${size}px ${c.font}`)
    const sub = layout.title.subtitle?.text ? wrap(layout.title.subtitle.text, inner, `${small}px ${c.font}`) : ''
    out.title = { ...layout.title, text: `<b>${title}</b>`, font: { ...layout.title.font, size, color: c.text } }
    delete out.title.subtitle
    const head = title.split('<br>').length * size * 1.3 + (sub ? sub.split('<br>').length * small * 1.35 + 4 : 0)
    margin.t = Math.ceil(head + 12 + (layout.meta?.topSpace ?? 6))
    // Plotly centres the lines of a title on its first one
    const raised = (title.split('<br>').length - 1) * size * 0.65
    Object.assign(out.title, { x: 0, xref: 'container', xanchor: 'left', y: 1, yref: 'container', yanchor: 'top', pad: { t: 6 + raised, l: 2 } })
    if (sub) {
      out.annotations = [...(layout.annotations ?? []), {
        text: sub, x: 0, xref: 'paper', xanchor: 'left', xshift: -(margin.l ?? 80) + 2, align: 'left',
        y: 1, yref: 'paper', yanchor: 'top', yshift: margin.t - 8 - title.split('<br>').length * size * 1.3,
        showarrow: false, font: { size: small, color: c.text }, opacity: 0.78
      }]
    }
  }
  if (layout.meta?.source) {
    const foot = wrap(layout.meta.source, inner, `11px ${c.font}`)
    const lines = foot.split('<br>').length
    const axis = layout.meta.axisSpace ?? 0
    margin.b = Math.ceil(lines * 14 + 10 + axis)
    out.annotations = [...(out.annotations ?? layout.annotations ?? []), {
      text: foot, x: 0, xref: 'paper', xanchor: 'left', xshift: -(margin.l ?? 80) + 2, align: 'left',
      y: 0, yref: 'paper', yanchor: 'top', yshift: -axis - 6, showarrow: false,
      font: { size: 11, color: c.text }, opacity: 0.78
    }]
  }
  if (narrow) {
    // labels of areas and lines keep their place, in smaller type
    out.annotations = (out.annotations ?? []).map(a => a.name === 'label' ? { ...a, font: { ...a.font, size: 10 } } : a)
  }
  out.margin = margin
  out.width = width
  out.height = heightOf(layout, width, margin)
  out.paper_bgcolor = c.ground
  out.plot_bgcolor = c.ground
  out.hoverlabel = { bgcolor: c.ground, bordercolor: c.text, align: 'left', font: { family: c.font, color: c.text, size: 13 }, ...layout.hoverlabel }
  for (const name of Object.keys(layout)) {
    if (/^[xy]axis/.test(name) && layout[name].visible !== false) {
      out[name] = { gridcolor: c.line, linecolor: c.text, tickcolor: c.line, zerolinecolor: c.line, ...layout[name] }
      if (narrow && layout.meta?.narrow?.[name]) Object.assign(out[name], layout.meta.narrow[name])
    }
  }
  return out
}

function heightOf (layout, width, margin) {
  const meta = layout.meta ?? {}
  if (meta.fixed) return Math.round(meta.fixed)
  if (meta.aspect) return Math.round(Math.min(meta.tallest ?? Infinity, (width - (margin.l ?? 0) - (margin.r ?? 0)) / meta.aspect) + margin.t + margin.b)
  if (meta.rows) return Math.round(meta.rows * (meta.rowHeight ?? 26) + margin.t + margin.b)
  return Math.round(Math.max(300, Math.min(layout.height ?? 440, width * 1.05))) + Math.max(0, (margin.t ?? 0) - 60)
}

// The outlines of all layers that a figure draws: { level: { areas: { code: { x, y } } } }.
async function loadLayers (urls) {
  const names = Object.keys(urls ?? {})
  const loaded = await Promise.all(names.map(name => loadGeometry(urls[name])))
  return Object.fromEntries(names.map((name, i) => [name, loaded[i]]))
}

function traces (data, layers, c) {
  return data.map(trace => {
    const meta = trace.meta ?? {}
    let out = trace
    if (meta.area && layers[meta.layer]) {
      const shape = layers[meta.layer].areas[meta.area]
      out = { ...out, x: shape?.x ?? [], y: shape?.y ?? [] }
    }
    if (meta.areas && layers[meta.layer]) out = { ...out, ...joined(layers[meta.layer].areas, meta.areas) }
    if (meta.ground) out = { ...out, line: { ...out.line, color: c.ground } } // borders in the page's colour
    if (meta.ink) out = { ...out, line: { ...out.line, color: c.text } }
    if (out.fillpattern) out = { ...out, fillpattern: { ...out.fillpattern, fgcolor: c.line, bgcolor: c.soft } }
    if (out.textfont && !out.textfont.color) out = { ...out, textfont: { ...out.textfont, color: c.text } }
    return out
  })
}

// One outline of several areas, for a trace with meta.areas.
function joined (shapes, codes) {
  const x = []
  const y = []
  for (const code of codes) {
    const shape = shapes[code]
    if (!shape) continue
    if (x.length) { x.push(null); y.push(null) }
    for (let i = 0; i < shape.x.length; i++) { x.push(shape.x[i]); y.push(shape.y[i]) }
  }
  return { x, y }
}

// The area that covers a point, by the rule of odd crossings; boxes are kept with the shapes.
function areaAt (shapes, codes, px, py) {
  return codes.find(code => {
    const shape = shapes[code]
    if (!shape) return false
    const { x, y } = shape
    shape.box ??= x.reduce((b, v, i) => v === null ? b : [Math.min(b[0], v), Math.min(b[1], y[i]), Math.max(b[2], v), Math.max(b[3], y[i])], [Infinity, Infinity, -Infinity, -Infinity])
    if (px < shape.box[0] || py < shape.box[1] || px > shape.box[2] || py > shape.box[3]) return false
    let inside = false
    for (let i = 1; i < x.length; i++) {
      if (x[i] === null || x[i - 1] === null) continue
      if ((y[i] > py) !== (y[i - 1] > py) && px < (x[i - 1] - x[i]) * (py - y[i]) / (y[i - 1] - y[i]) + x[i]) inside = !inside
    }
    return inside
  })
}

// A frame of any chart: Plotly works it out anew, and would choose new ranges for the axes.
function restyle (plot, data, layout) {
  const indices = Object.keys(data).map(Number)
  const keys = new Set(indices.flatMap(k => Object.keys(data[k])))
  const update = {}
  for (const key of keys) update[key] = indices.map(k => key in data[k] ? data[k][key] : plot.data[k][key])
  const ranges = {}
  for (const axis of ['xaxis', 'yaxis']) if (layout[axis]?.range) ranges[`${axis}.range`] = layout[axis].range.slice()
  return indices.length ? window.Plotly.update(plot, update, ranges, indices) : undefined
}

// A frame of a map changes no shape: only fills and words, which are set where they stand.
// Plotly's own data follow, so that hover, pictures and redrawing see the same frame.
function recolour (plot, data, c, layers) {
  for (const k of Object.keys(data)) {
    const now = data[k]
    const trace = plot._fullData[k]
    const group = plot.querySelector(`.scatterlayer .trace${trace.uid}`)
    if (now.meta?.areas) { regroup(plot, k, now.meta, layers); continue }
    Object.assign(plot.data[k], now.fillpattern ? { ...now, fillpattern: { ...now.fillpattern, fgcolor: c.line, bgcolor: c.soft } } : now)
    if ('text' in now) trace.text = now.text
    if (!group) continue
    if (now.fillcolor) {
      const gap = now.fillpattern?.shape
      const path = group.querySelector('.js-fill')
      path.style.fill = gap ? `url(#${hatch(plot, gap, c)})` : now.fillcolor
      path.style.fillOpacity = 1
      trace.fillcolor = now.fillcolor
    }
    const words = group.querySelectorAll('text')
    words.forEach((word, i) => {
      if (Array.isArray(now.text)) word.textContent = now.text[i]
      if (Array.isArray(now.textfont?.color)) word.style.fill = now.textfont.color[i]
      if (Array.isArray(now.textfont?.shadow)) word.style.textShadow = now.textfont.shadow[i]
    })
  }
}

// Other areas in a trace that joins several: its path is written anew where it stands.
function regroup (plot, k, meta, layers) {
  const outline = joined(layers[meta.layer].areas, meta.areas)
  const trace = plot._fullData[k]
  Object.assign(plot.data[k], outline, { meta })
  Object.assign(trace, outline, { meta })
  const path = plot.querySelector(`.scatterlayer .trace${trace.uid} .js-fill`)
  if (!path) return
  const { xaxis, yaxis } = plot._fullLayout
  const steps = []
  let start = true
  for (let i = 0; i < outline.x.length; i++) {
    if (outline.x[i] === null) { start = true; continue }
    steps.push(`${start ? 'M' : 'L'}${xaxis.l2p(outline.x[i]).toFixed(1)},${yaxis.l2p(outline.y[i]).toFixed(1)}`)
    start = false
  }
  path.setAttribute('d', steps.join('') || 'M0,0')
}

// Thin borders between the areas of a map that joins them, in the page's colour.
function border (plot, c) {
  plot._fullData.forEach(({ uid, meta, fill }) => {
    const path = meta?.areas && fill === 'toself' && plot.querySelector(`.scatterlayer .trace${uid} .js-fill`)
    if (path) Object.assign(path.style, { stroke: c.ground, strokeWidth: '0.25px' })
  })
}

let hatches = 0

function hatch (plot, shape, c) {
  const svg = plot.querySelector('.main-svg')
  const key = `${shape}${c.line}${c.soft}`
  let pattern = [...svg.querySelectorAll('pattern.jjj-gap')].find(p => p.dataset.key === key)
  if (!pattern) {
    const holder = document.createElementNS('http://www.w3.org/2000/svg', 'defs')
    const mark = shape === '.' ? `<circle cx="3" cy="3" r="1" fill="${c.line}"/>` : `<path d="M0 6L6 0M-1 1L1 -1M5 7L7 5" stroke="${c.line}" stroke-width="1.2"/>`
    holder.innerHTML = `<pattern class="jjj-gap" id="jjj-gap-${++hatches}" width="6" height="6" patternUnits="userSpaceOnUse"><rect width="6" height="6" fill="${c.soft}"/>${mark}</pattern>`
    pattern = holder.firstChild
    pattern.dataset.key = key
    svg.prepend(holder)
  }
  return pattern.id
}

// --- one view -----------------------------------------------------------------------------

class View {
  constructor (root) {
    this.root = root
    this.plots = []
    this.drawing = Promise.resolve()
    this.onbasket = () => this.gathered()
    addEventListener('jjj-basket', this.onbasket)
    this.resize = new ResizeObserver(() => {
      const width = Math.floor(this.root.clientWidth)
      if (width && width !== this.width) this.later(() => this.draw())
    })
  }

  later (job) {
    this.drawing = this.drawing.then(job).catch(error => this.fail(error))
    return this.drawing
  }

  update (component) {
    const { data } = component
    this.component = component
    const same = this.json === JSON.stringify(data)
    const before = this.data
    this.json = JSON.stringify(data)
    this.data = data
    this.words = data.words ?? {}
    if (!same || !before) {
      const names = this.names()
      if (!names.includes(this.frame) || before?.frame !== data.frame) this.frame = names.includes(data.frame) ? data.frame : names[names.length - 1]
    }
    this.build()
    this.later(() => this.draw(same))
    if (this.frame !== data.frame) this.tell() // a rerun puts back the address that the server knows
  }

  // What the page says of the frame that is on screen; undefined where that does not change with frames.
  sentence () {
    const { told } = this.data
    const said = told?.each[this.names().indexOf(this.frame)]
    return said === undefined ? undefined : told.before + said + told.after
  }

  say () {
    const said = this.sentence()
    const place = document.querySelector(`[data-said="${CSS.escape(this.data.view)}"]`)
    if (said !== undefined && place && place.textContent !== said) place.textContent = said
  }

  names () { return (this.data.figures[0].frames ?? []).map(f => f.name) }

  build () {
    const { data, root } = this
    if (!root.querySelector(':scope > .jjj-panels')) {
      root.innerHTML = '<div class="jjj-tools"></div><div class="jjj-panels"></div><div class="jjj-said" aria-live="polite"></div><details class="jjj-table"><summary></summary><div></div></details>'
      this.resize.observe(root)
    }
    root.setAttribute('role', 'group')
    root.setAttribute('aria-label', data.alt?.split('\n')[0] ?? '')
    const panels = root.querySelector('.jjj-panels')
    panels.dataset.count = data.figures.length
    while (panels.children.length > data.figures.length) { window.Plotly?.purge(panels.lastChild.firstChild); panels.lastChild.remove() }
    data.figures.forEach((figure, i) => {
      if (!panels.children[i]) {
        const cell = document.createElement('div')
        cell.className = 'jjj-cell'
        cell.innerHTML = '<div class="jjj-plot" role="img"></div>'
        panels.append(cell)
      }
      panels.children[i].style.setProperty('--share', figure.share ?? 1)
      panels.children[i].firstChild.setAttribute('aria-label', figure.alt ?? data.alt ?? '')
    })
    this.tools()
    this.table()
  }

  tools () {
    const bar = this.root.querySelector('.jjj-tools')
    const names = this.names()
    const w = this.words
    if (names.length > 1) {
      if (!bar.querySelector('input')) {
        bar.innerHTML = '<button type="button" class="jjj-play"></button><output class="jjj-year"></output><input type="range" step="1" min="0">'
        bar.querySelector('input').oninput = e => { const name = this.names()[+e.target.value]; this.stop(); this.show(name) }
        bar.querySelector('button').onclick = () => this.timer ? this.stop() : this.play()
      }
      const range = bar.querySelector('input')
      range.max = names.length - 1
      range.setAttribute('aria-label', w.year ?? 'year')
      this.mark()
    } else bar.textContent = ''
    let side = bar.querySelector('.jjj-side')
    if (!side) { side = document.createElement('span'); side.className = 'jjj-side'; bar.append(side) }
    const panel = this.data.address && this.data.panel
    side.hidden = !panel
    if (panel && side.dataset.lang !== panel.lang) {
      side.dataset.lang = panel.lang
      side.innerHTML = '<button type="button" class="jjj-add"></button><button type="button" class="jjj-open" aria-haspopup="dialog"></button>'
      side.querySelector('.jjj-open').textContent = panel.open
      side.querySelector('.jjj-open').onclick = () => this.export()
      side.querySelector('.jjj-add').onclick = () => this.gather()
    }
    this.gathered()
  }

  // The view as it is on screen, by the name that exports, briefings and the basket know it by.
  address () {
    const [kind, query] = this.data.address.split('?')
    const values = new URLSearchParams(query)
    if (this.data.frameParameter && this.frame) values.set(this.data.frameParameter, this.frame)
    return `${kind}?${values}`.replaceAll('%2C', ',')
  }

  title () { return this.data.title + (this.data.frameParameter && this.frame ? ` · ${this.frame}` : '') }

  export () {
    window.JJJ.openPanel({ ...this.data.panel, address: this.address(), title: this.title(), save: format => this.save(format) })
  }

  gather () {
    const { lang, full, refused } = this.data.panel
    const failed = window.JJJ.basket.toggle({ address: this.address(), label: this.title(), title: '', seconds: 12, lang })
    const sentence = { full: full.replace('{n}', window.JJJ.basket.most), refused }[failed] ?? ''
    this.root.querySelector('.jjj-said').textContent = sentence
    if (sentence) window.JJJ.tell(sentence)
  }

  // How many views the basket holds, and whether this one is among them.
  gathered () {
    const button = this.root.querySelector('.jjj-add')
    const basket = window.JJJ?.basket
    if (!button || !this.data.address) return
    button.hidden = !basket
    if (!basket) return
    const { items } = basket.read()
    const there = items.some(item => item.address === this.address())
    button.textContent = this.data.panel[there ? 'added' : 'add'] + (items.length ? ` (${items.length})` : '')
    button.classList.toggle('there', there)
  }

  mark () {
    const bar = this.root.querySelector('.jjj-tools')
    const names = this.names()
    const range = bar.querySelector('input')
    if (!range) return
    range.value = names.indexOf(this.frame)
    range.setAttribute('aria-valuetext', this.frame)
    bar.querySelector('.jjj-year').textContent = this.frame
    this.say()
    const play = bar.querySelector('.jjj-play')
    play.textContent = this.timer ? this.words.pause ?? '❚❚' : this.words.play ?? '▶'
    play.setAttribute('aria-pressed', String(!!this.timer))
    this.gathered()
  }

  table () {
    const box = this.root.querySelector('.jjj-table')
    const table = this.data.table
    box.hidden = !table
    if (!table) return
    box.querySelector('summary').textContent = this.words.table ?? 'table'
    const holder = box.querySelector('div')
    const stamp = JSON.stringify(table).length + (table.rows[0] ?? []).join()
    if (holder.dataset.stamp === stamp) return
    holder.dataset.stamp = stamp
    const element = document.createElement('table')
    const row = (cells, tag) => {
      const tr = document.createElement('tr')
      cells.forEach((value, i) => {
        const cell = document.createElement(tag === 'td' && i === 0 ? 'th' : tag)
        cell.textContent = value ?? ''
        if (tag === 'th') cell.scope = 'col'
        else if (i === 0) cell.scope = 'row'
        tr.append(cell)
      })
      return tr
    }
    const head = document.createElement('thead')
    head.append(row(table.columns, 'th'))
    const body = document.createElement('tbody')
    table.rows.forEach(r => body.append(row(r, 'td')))
    element.append(head, body)
    holder.tabIndex = 0
    holder.setAttribute('role', 'region')
    holder.setAttribute('aria-label', this.words.table ?? 'table')
    holder.replaceChildren(element)
  }

  async draw () {
    const { data, root } = this
    const [Plotly, ...layers] = await Promise.all([loadPlotly(), ...data.figures.map(f => loadLayers(f.geometry))])
    if (data !== this.data || !root.isConnected) return
    this.width = Math.floor(root.clientWidth)
    if (!this.width) return
    const c = colours(root)
    const plots = [...root.querySelectorAll('.jjj-plot')]
    for (const [i, figure] of data.figures.entries()) {
      const plot = plots[i]
      const width = Math.floor(plot.parentElement.clientWidth)
      const layout = fit(figure.layout, this, width, c)
      if (layout.meta?.bbox) {
        const [x0, y0, x1, y1] = layout.meta.bbox
        const pad = 0.01 * (x1 - x0)
        layout.xaxis = { ...layout.xaxis, range: [x0 - pad, x1 + pad] }
        layout.yaxis = { ...layout.yaxis, range: [y0 - pad, y1 + pad] }
      }
      layout.uirevision = figure.layout.uirevision ?? data.view
      const now = this.at(figure, this.frame)
      const drawn = traces(figure.data.map((t, k) => ({ ...t, ...now.data[k] })), layers[i], c)
      await Plotly.react(plot, drawn, { ...layout, ...now.layout, title: now.layout?.title ? fit({ ...figure.layout, ...now.layout }, this, width, c).title : layout.title }, {
        displayModeBar: false, responsive: false, doubleClick: 'reset', scrollZoom: false, locale: 'en'
      })
      plot.shapes = layers[i]
      border(plot, c)
      if (!plot.dataset.wired) {
        plot.dataset.wired = '1'
        for (const kind of ['pointermove', 'pointerdown']) plot.addEventListener(kind, event => this.under(plot, event), true)
        plot.on('plotly_click', event => this.click(event, i))
      }
    }
    if (this.root.dataset.drawn !== '1') {
      this.root.dataset.drawn = '1'
      performance.mark('jjj-drawn')
    }
  }

  // What a frame changes: by trace index, and in the layout.
  at (figure, name) {
    const frame = (figure.frames ?? []).find(f => f.name === name)
    const data = {}
    frame?.data?.forEach((t, k) => { data[frame.traces?.[k] ?? k] = t })
    return { data, layout: frame?.layout }
  }

  async show (name) {
    if (this.busy) { this.wanted = name; return }
    if (name === this.frame) return
    this.busy = true
    this.frame = name
    this.mark()
    try {
      for (const [i, figure] of this.data.figures.entries()) {
        const plot = this.root.querySelectorAll('.jjj-plot')[i]
        if (!plot?.data) continue
        const { data } = this.at(figure, name)
        if (figure.layout.meta?.bbox) recolour(plot, data, colours(this.root), plot.shapes)
        else await restyle(plot, data, figure.layout)
      }
    } finally {
      this.busy = false
    }
    performance.mark('jjj-year')
    if (!this.timer) this.tell()
    const wanted = this.wanted
    this.wanted = undefined
    if (wanted) this.show(wanted)
  }

  // A shared link must open the same year.
  tell () {
    clearTimeout(this.telling)
    this.telling = setTimeout(() => {
      const parameter = this.data.frameParameter
      if (!parameter || !this.frame) return
      const url = new URL(location.href)
      url.searchParams.set(parameter, this.frame)
      history.replaceState(history.state, '', url)
      if (this.sentence() === undefined) this.root.querySelector('.jjj-said').textContent = this.frame // else the sentence is read out
    }, 200)
  }

  play () {
    const names = this.names()
    if (this.frame === names[names.length - 1]) this.show(names[0])
    this.timer = setInterval(() => {
      const at = names.indexOf(this.frame)
      if (at + 1 >= names.length) return this.stop()
      this.show(names[at + 1])
    }, this.data.interval ?? 700)
    this.mark()
  }

  stop () {
    clearInterval(this.timer)
    this.timer = undefined
    this.mark()
    this.tell()
  }

  // A trace that joins areas says, when Plotly asks it, what the area under the pointer says in this year.
  under (plot, event) {
    const traces = plot._fullData?.filter(t => t.meta?.areas && t.meta.hover) ?? []
    const ground = traces.filter(t => t.hoverinfo !== 'skip')
    const { left, top } = plot.querySelector('.nsewdrag')?.getBoundingClientRect() ?? {}
    if (!ground.length || left === undefined) return
    const { xaxis, yaxis } = plot._fullLayout
    const at = [xaxis.p2l(event.clientX - left), yaxis.p2l(event.clientY - top)]
    plot.area = undefined
    for (const trace of ground) {
      const code = areaAt(plot.shapes[trace.meta.layer].areas, trace.meta.areas, ...at)
      if (code === undefined) continue
      const says = traces.findLast(t => t.meta.areas.includes(code))
      trace.text = says.meta.hover[says.meta.areas.indexOf(code)]
      plot.area = code
    }
  }

  click (event, figure) {
    const point = event.points?.[0]
    if (!point) return
    const meta = point.data.meta ?? {}
    const area = meta.area ?? (meta.areas && this.root.querySelectorAll('.jjj-plot')[figure].area) ?? (Array.isArray(point.customdata) ? point.customdata[0] : point.customdata) ?? meta.key
    if (area) this.component.setTriggerValue('picked', { area, frame: this.frame ?? null, x: point.x ?? null, figure })
  }

  // What is on screen, saved by the browser; returns the names of the files.
  async save (format) {
    const plots = [...this.root.querySelectorAll('.jjj-plot')]
    const names = []
    for (const plot of plots) {
      names.push(await window.Plotly.downloadImage(plot, { format, scale: format === 'png' ? 2 : 1, filename: `${this.data.file ?? 'chart'}${this.frame ? '-' + this.frame : ''}${plots.length > 1 ? '-' + (plots.indexOf(plot) + 1) : ''}`, width: plot.clientWidth, height: plot.clientHeight }))
    }
    return names.join(', ')
  }

  fail (error) {
    console.warn(String(error))
    this.root.querySelector('.jjj-said').textContent = this.words.failed ?? ''
  }

  close () {
    clearInterval(this.timer)
    clearTimeout(this.telling) // the address belongs to the next view by now
    this.resize.disconnect()
    removeEventListener('jjj-basket', this.onbasket)
    this.root.querySelectorAll('.jjj-plot').forEach(p => window.Plotly?.purge(p))
  }
}

export function draw (component) {
  const root = component.parentElement.querySelector('.jjj-chart')
  if (!root) return () => {}
  let view = views.get(root)
  if (!view) views.set(root, view = new View(root))
  view.update(component)
  return () => { view.close(); views.delete(root) }
}
