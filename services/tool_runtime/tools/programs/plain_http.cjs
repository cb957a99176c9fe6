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
  const agent = new EnvHttpProxyAgent({ proxyTunnel: false })
  for (const proxy of partsOf(agent)) partsOf(proxy).filter(part => part.constructor.name === 'Pool').forEach(tellWhy)
  globalThis[dispatcher] = agent
}

function partsOf (whole) {
  return Object.getOwnPropertySymbols(whole).map(name => whole[name]).filter(part => part instanceof Object)
}

// Of a tunnel that the proxy refuses, Node's fetch says its status at most; the reason is in a header.
function tellWhy (client) {
  const connect = client.connect
  client.connect = async function (...given) {
    const answer = await connect.apply(this, given)
    const reason = answer?.headers?.['x-egress-reason']
    if (answer?.statusCode === 200 || reason === undefined) return answer
    answer.socket.on('error', () => {}).destroy()
    const words = `the proxy of this job refused a connection to ${given[0].path}: ${answer.statusCode} ${reason}`
    throw Object.assign(new Error(words), { code: 'ERR_PROXY_TUNNEL' })
  }
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
