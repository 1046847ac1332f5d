// Solves an ALTCHA challenge by trying: which number, after the salt, has the hash
// that was asked for? SHA-256 (FIPS 180-4) is written out, since browsers have their
// own only where the page came over TLS.
(function () {
"use strict";
var K = new Uint32Array(64), H = new Uint32Array(8);
(function () {
  for (var n = 2, i = 0; i < 64; n++) {
    for (var d = 2; d * d <= n && n % d; d++);
    if (d * d <= n) { continue; }
    if (i < 8) { H[i] = (Math.sqrt(n) % 1) * 4294967296; }
    K[i++] = (Math.cbrt(n) % 1) * 4294967296;
  }
})();
var W = new Uint32Array(64);
function turn(x, n) { return (x >>> n) | (x << (32 - n)); }
function sha256(text) { // ASCII
  var length = text.length, blocks = ((length + 8) >> 6) + 1, h = H.slice();
  for (var b = 0; b < blocks; b++) {
    for (var i = 0; i < 16; i++) {
      var w = 0;
      for (var j = 0; j < 4; j++) {
        var at = b * 64 + i * 4 + j;
        w = (w << 8) | (at < length ? text.charCodeAt(at) : at === length ? 128 : 0);
      }
      W[i] = w;
    }
    if (b === blocks - 1) { W[15] = length * 8; }
    for (i = 16; i < 64; i++) {
      var x = W[i - 15], y = W[i - 2];
      W[i] = W[i - 16] + (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)) + W[i - 7] + (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10));
    }
    var a = h[0], c = h[1], d = h[2], e = h[3], f = h[4], g = h[5], k = h[6], l = h[7];
    for (i = 0; i < 64; i++) {
      var t = (l + (turn(f, 6) ^ turn(f, 11) ^ turn(f, 25)) + ((f & g) ^ (~f & k)) + K[i] + W[i]) | 0;
      var u = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & c) ^ (a & d) ^ (c & d))) | 0;
      l = k; k = g; g = f; f = (e + t) | 0; e = d; d = c; c = a; a = (t + u) | 0;
    }
    h[0] += a; h[1] += c; h[2] += d; h[3] += e; h[4] += f; h[5] += g; h[6] += k; h[7] += l;
  }
  var hex = "";
  for (i = 0; i < 8; i++) { hex += h[i].toString(16).padStart(8, "0"); }
  return hex;
}
self.onmessage = function (e) {
  var c = e.data;
  if (c.algorithm === "SHA-256") {
    for (var n = 0; n <= c.maxnumber; n++) {
      if (sha256(c.salt + n) === c.challenge) {
        self.postMessage(btoa(JSON.stringify({ algorithm: c.algorithm, challenge: c.challenge, number: n, salt: c.salt, signature: c.signature })));
        return;
      }
    }
  }
  self.postMessage("");
};
})();
