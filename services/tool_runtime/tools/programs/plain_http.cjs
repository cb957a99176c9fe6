// Runs before a program of the tool code.node, and leads what it asks for through the job's proxy. Preparing that takes
// Node longer than to start, so it is done when a program first comes to HTTP: it loads a module of it, calls fetch, or
// has a file that names another global of it. Programs that it starts itself prepare at once: for them, and not for the
// job's own process, which has read its environment by now, the variable is set here.
process.env.NODE_USE_ENV_PROXY = '1'

const modules = new Set(['http', 'https', 'http2'].flatMap(name => [name, `node:${name}`]))
const getBuiltin = process.getBuiltinModule.bind(process)
const dispatcher = Symbol.for('undici.globalDispatcher.1')
let isPrepared = false

function prepare () {
  if (isPrepared) return
  isPrepared = true
  getBuiltin('http').setGlobalProxyFromEnv()
  // Node's fetch asks a proxy for http:// by CONNECT unless it is told otherwise, and the proxy of a job takes nothing
  // but TLS within a tunnel. The class of what fetch uses is reached by its one instance.
  const EnvHttpProxyAgent = globalThis[dispatcher].constructor
  globalThis[dispatcher] = new EnvHttpProxyAgent({ proxyTunnel: false })
}

const { fetch: original } = globalThis
globalThis.fetch = function fetch (input, init) {
  prepare()
  return original(input, init)
}

process.getBuiltinModule = function getBuiltinModule (name) {
  if (modules.has(name)) prepare()
  return getBuiltin(name)
}

// To look at these two globals already loads what they are made of, so that the programs that name them are found.
const named = /\b(?:WebSocket|EventSource)\b/

getBuiltin('module').registerHooks({
  resolve (specifier, context, next) {
    if (modules.has(specifier)) prepare()
    return next(specifier, context)
  },
  load (url, context, next) {
    const loaded = next(url, context)
    if (!isPrepared && loaded.source && named.test(String(loaded.source))) prepare()
    return loaded
  }
})
