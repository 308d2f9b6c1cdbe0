(() => {
'use strict';
const $ = id => document.getElementById(id), page = $('page'), service = page.dataset.service;
const number = text => text ? Number(text) : null, now = () => performance.now();
const url = location.href.split('#')[0];
let started = now() - (number(page.dataset.elapsed) || 0), estimate = number(page.dataset.estimate);
let retryAt = now() + (number(page.dataset.retry) || 0);
let lastId = '', abort = null, timer = 0, failures = 0, silent = 0, strangers = 0, polling = false;
let leaving = false, napDue = false, firstStep = 0;
const seen = new Set();

/* What must survive a reload. Storage may be forbidden: then it is as if nothing had been remembered. */
const memory = {
  get(key) { try { return JSON.parse(sessionStorage.getItem('lazystart:' + key)); } catch { return null; } },
  set(key, value) { try { sessionStorage.setItem('lazystart:' + key, JSON.stringify(value)); return true; } catch { return false; } }
};
/* Reloads that led straight back to a page of ours; each one makes the next wait longer. */
const before = memory.get('reload'), inChain = before && Math.abs(Date.now() - before.at) < 5000;
const chain = inChain ? before.count : 0;

const words = ms => {
  const s = Math.max(0, Math.round(ms / 1000));
  return s < 60 ? s + ' s' : Math.floor(s / 60) + ' min ' + s % 60 + ' s';
};
const text = (id, value) => { if ($(id).textContent !== value) $(id).textContent = value; };
const loading = () => page.dataset.state === 'loading';

function show(state, heading, message, exit = '', output = '') {
  page.dataset.state = state;
  text('heading', heading);
  document.title = heading;
  text('message', message);
  text('exit', exit);
  text('output', output);
  tick();
}

function tick() {
  const elapsed = now() - started, bar = $('bar');
  if (loading()) {
    text('elapsed', words(elapsed));
    if (estimate > 0) {
      const part = elapsed / estimate;
      const percent = Math.floor(100 * (part < 1 ? .92 * part : .92 + .07 * (1 - 1 / part)));
      bar.firstElementChild.style.width = percent + '%';
      bar.setAttribute('aria-valuenow', percent);
      text('expected', part > 1.5 ? 'longer than usual (' + words(estimate) + ')' : 'usually ' + words(estimate));
    }
  }
  const rest = retryAt - now(), retry = $('retry');
  retry.setAttribute('aria-disabled', rest > 0);
  text('retry', rest > 0 ? 'Try again in ' + words(Math.ceil(rest / 1000) * 1000) : 'Try again');
}

/* Leaves for the application: at once the first time, later and later if that leads back here. */
function leave() {
  if (leaving) return;
  leaving = true;
  stop();
  text('message', 'Ready. Opening the application.');
  memory.set('nap', false);
  const go = () => { memory.set('reload', { at: Date.now(), count: chain + 1 }); location.reload(); };
  if (chain === 0) go(); else setTimeout(go, Math.min(30000, 1000 * 2 ** (chain - 1)));
}

function nap() {
  if (!loading()) return;
  if (document.visibilityState !== 'visible') { napDue = true; return; }
  napDue = false;
  const again = memory.get('nap');
  if (!again && memory.set('nap', true)) { stop(); leaving = true; location.reload(); return; }
  retryAt = 0;
  show('asleep', service + ' is asleep', 'It was put to sleep before it was ready.');
}

function fail(data) {
  const reason = data.reason || {}, news = loading();
  retryAt = now() + (data.retryAfterMs || 0);
  const message = reason.message || data.message || 'The service could not be started.', code = reason.exitCode;
  const said = code == null || new RegExp('exit code ' + code + '\\b', 'i').test(message);
  show('failed', service + ' is not available', message, said ? '' : 'Exit code ' + code, (reason.output || []).join('\n'));
  if (news && document.activeElement === document.body) $('retry').focus({ preventScroll: true });
}

function step(id, data) {
  if (data.snapshot || seen.has(id)) return;
  seen.add(id);
  const at = Date.parse(data.timestamp), item = document.createElement('li');
  if (data.type === 'STARTING' || !firstStep) { firstStep = at; $('steps').replaceChildren(); }
  const what = document.createElement('span'), when = document.createElement('time');
  what.textContent = wording(data);
  when.textContent = ((at - firstStep) / 1000).toFixed(1) + ' s';
  item.append(what, when);
  if (data.type === 'ERROR') item.className = 'bad';
  const waking = [...$('steps').children].find(other => data.dependency && other.dataset.dependency === data.dependency);
  if (data.type === 'WAKING_DEPENDENCY') { item.className = 'busy'; item.dataset.dependency = data.dependency; }
  if (waking) waking.replaceWith(item); else $('steps').append(item);
}

/* A dependency has one step, which says how far it is. */
function wording(data) {
  if (data.type === 'WAKING_DEPENDENCY') return 'waking ' + data.dependency;
  if (data.type === 'DEPENDENCY_READY') return 'dependency ' + data.dependency + ' is up';
  return data.message || data.type.toLowerCase().replace(/_/g, ' ');
}

function hear(id, data) {
  if (data.estimateMs != null) estimate = data.estimateMs;
  if (data.elapsedMs != null) started = now() - data.elapsedMs;
  step(id, data);
  if (data.type === 'READY') leave();
  else if (data.type === 'NAPPING') nap();
  else if (data.type === 'ERROR') fail(data);
  else if (data.type === 'STARTING' && !loading()) {
    if (data.elapsedMs == null) started = now();
    show('loading', 'Starting ' + service, 'This page turns into the application as soon as it is ready.');
  }
  tick();
}

/* Takes whole events off the text and gives back what is left. */
function parse(rest) {
  const frames = rest.split(/\r\n\r\n|\n\n|\r\r/);
  rest = frames.pop();
  for (const frame of frames) {
    let data = '';
    for (const line of frame.split(/\r\n|\n|\r/)) {
      const [, field, value] = /^([^:]*):? ?(.*)$/.exec(line);
      if (field === 'id') lastId = value;
      if (field === 'data') data += value;
    }
    if (!data) continue;
    try { hear(lastId, JSON.parse(data)); } catch { /* not an event of ours */ }
  }
  return rest;
}

function stop() { clearTimeout(timer); if (abort) abort.abort(); }

function later(ms) { if (!leaving) { clearTimeout(timer); timer = setTimeout(connect, ms); } }

async function connect() {
  if (leaving) return;
  stop();
  const mine = abort = new AbortController();
  let patience = setTimeout(() => { silent++; mine.abort(); }, 5000);
  const wait = () => { clearTimeout(patience); patience = setTimeout(() => mine.abort(), 40000); };
  try {
    const headers = { 'LazyStart-Events': polling ? 'once' : 'stream', 'Accept': 'text/event-stream, text/html;q=0.5' };
    if (lastId) headers['Last-Event-ID'] = lastId;
    const answer = await fetch(url, { headers, cache: 'no-store', redirect: 'manual', signal: mine.signal });
    const mark = answer.headers.get('LazyStart-Status');
    if (!mark || mark === 'refused') {
      /* The proxy in front has moved on, or is between two states: a few of its own errors are waited out. */
      if (![502, 503, 504].includes(answer.status) || ++strangers > 3) return leave();
      failures++;
    } else if (!(answer.headers.get('Content-Type') || '').startsWith('text/event-stream')) {
      strangers = 0;
      polling = true;
      if (loading() && mark === 'error') fail({});
    } else {
      strangers = 0;
      const reader = answer.body.getReader(), decoder = new TextDecoder();
      let rest = '', heard = false;
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        heard = true;
        failures = silent = 0;
        wait();
        rest = parse(rest + decoder.decode(value, { stream: true }));
      }
      if (!heard) failures++;
    }
  } catch { failures++; }
  finally { clearTimeout(patience); }
  if (mine !== abort) return;
  if (silent > 1) polling = true; /* something in between keeps the stream back */
  const pause = Math.min(15000, 500 * 2 ** Math.min(failures, 5));
  later(polling ? Math.max(2000, pause) : pause);
}

$('retry').addEventListener('click', event => {
  event.preventDefault();
  if (retryAt > now()) return;
  memory.set('nap', false);
  leaving = true;
  stop();
  location.reload();
});
$('retry').addEventListener('keydown', event => { if (event.key === ' ') { event.preventDefault(); event.target.click(); } });
setInterval(tick, 250);
tick();
if (page.dataset.live === 'true') {
  document.addEventListener('visibilitychange', () => { if (napDue) nap(); });
  addEventListener('online', () => later(0));
  addEventListener('pageshow', event => { if (event.persisted) { leaving = false; later(0); } });
  addEventListener('pagehide', stop);
  connect();
}
})();
