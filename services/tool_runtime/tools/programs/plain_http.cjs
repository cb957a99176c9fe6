// Runs before a program of the tool code.node. Node's fetch asks a proxy for http:// by CONNECT unless it is told
// otherwise, and the proxy of a job takes nothing but TLS within a tunnel. What fetch uses is made after this file has
// run, so it is replaced at the first call; its class is reached by its one instance.
const dispatcher = Symbol.for('undici.globalDispatcher.1')
const original = globalThis.fetch
let isSettled = false

globalThis.fetch = function fetch (input, init) {
  if (!isSettled) {
    isSettled = true
    const EnvHttpProxyAgent = globalThis[dispatcher].constructor
    globalThis[dispatcher] = new EnvHttpProxyAgent({ proxyTunnel: false })
  }
  return original(input, init)
}
