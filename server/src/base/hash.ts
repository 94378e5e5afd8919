/** Hashes of texts: a fast one to see whether content changed, and the two that dbt's manifest holds. */

import { sha256 } from '@noble/hashes/sha2.js';

/**
 * A 64-bit hash of a text as 16 hexadecimal digits. Not cryptographic: it tells apart versions of honest files and
 * keys caches, nothing else. The same everywhere and for ever within one version of the engine.
 */
export function fastHash(text: string): string {
  // Two lanes of MurmurHash3's 32-bit block mix with other seeds and constants; two code units a round fill a lane.
  let low = 0x9747b28c ^ text.length;
  let high = 0x3c6ef372 ^ text.length;
  const even = text.length & ~1;
  for (let at = 0; at < even; at += 2) {
    const block = text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16);
    const first = Math.imul(block, 0xcc9e2d51);
    low ^= Math.imul((first << 15) | (first >>> 17), 0x1b873593);
    low = Math.imul((low << 13) | (low >>> 19), 5) + 0xe6546b64;
    const second = Math.imul(block, 0x239b961b);
    high ^= Math.imul((second << 16) | (second >>> 16), 0x38b34ae5);
    high = Math.imul((high << 17) | (high >>> 15), 9) + 0x561ccd1b;
  }
  if (even < text.length) {
    const last = text.charCodeAt(even);
    low ^= Math.imul(last, 0xcc9e2d51);
    high ^= Math.imul(last, 0x239b961b);
  }
  low = finalMix(low);
  high = finalMix(high ^ low);
  low = finalMix(low + high);
  return hex32(high) + hex32(low);
}

/** MurmurHash3's finaliser: every input bit reaches every output bit. */
function finalMix(lane: number): number {
  let mixed = lane ^ (lane >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

function hex32(lane: number): string {
  return (lane >>> 0).toString(16).padStart(8, '0');
}

/**
 * Lower-case hexadecimal MD5 of the text's UTF-8 bytes: names of generic tests end with it. A project has tens of thousands
 * of them, over short texts, for which a library's objects cost more than the sum itself; hence this one (RFC 1321).
 */
export function md5Hex(text: string): string {
  const words = paddedWords(text);
  let a0 = 0x67452301;
  let b0 = 0xefcdab89 | 0;
  let c0 = 0x98badcfe | 0;
  let d0 = 0x10325476;
  for (let block = 0; block < words; block += 16) {
    let a = a0;
    let b = b0;
    let c = c0;
    let d = d0;
    let step = 0;
    // Four steps a turn, after which each variable has its own place again: moving them would cost more than the sums.
    for (; step < 16; step += 4) {
      a = (b + turned((a + ((b & c) | (~b & d)) + word(step, block + step)) | 0, 7)) | 0;
      d = (a + turned((d + ((a & b) | (~a & c)) + word(step + 1, block + step + 1)) | 0, 12)) | 0;
      c = (d + turned((c + ((d & a) | (~d & b)) + word(step + 2, block + step + 2)) | 0, 17)) | 0;
      b = (c + turned((b + ((c & d) | (~c & a)) + word(step + 3, block + step + 3)) | 0, 22)) | 0;
    }
    for (; step < 32; step += 4) {
      a = (b + turned((a + ((d & b) | (~d & c)) + word(step, block + ((5 * step + 1) & 15))) | 0, 5)) | 0;
      d = (a + turned((d + ((c & a) | (~c & b)) + word(step + 1, block + ((5 * step + 6) & 15))) | 0, 9)) | 0;
      c = (d + turned((c + ((b & d) | (~b & a)) + word(step + 2, block + ((5 * step + 11) & 15))) | 0, 14)) | 0;
      b = (c + turned((b + ((a & c) | (~a & d)) + word(step + 3, block + ((5 * step + 16) & 15))) | 0, 20)) | 0;
    }
    for (; step < 48; step += 4) {
      a = (b + turned((a + (b ^ c ^ d) + word(step, block + ((3 * step + 5) & 15))) | 0, 4)) | 0;
      d = (a + turned((d + (a ^ b ^ c) + word(step + 1, block + ((3 * step + 8) & 15))) | 0, 11)) | 0;
      c = (d + turned((c + (d ^ a ^ b) + word(step + 2, block + ((3 * step + 11) & 15))) | 0, 16)) | 0;
      b = (c + turned((b + (c ^ d ^ a) + word(step + 3, block + ((3 * step + 14) & 15))) | 0, 23)) | 0;
    }
    for (; step < 64; step += 4) {
      a = (b + turned((a + (c ^ (b | ~d)) + word(step, block + ((7 * step) & 15))) | 0, 6)) | 0;
      d = (a + turned((d + (b ^ (a | ~c)) + word(step + 1, block + ((7 * step + 7) & 15))) | 0, 10)) | 0;
      c = (d + turned((c + (a ^ (d | ~b)) + word(step + 2, block + ((7 * step + 14) & 15))) | 0, 15)) | 0;
      b = (c + turned((b + (d ^ (c | ~a)) + word(step + 3, block + ((7 * step + 21) & 15))) | 0, 21)) | 0;
    }
    a0 = (a0 + a) | 0;
    b0 = (b0 + b) | 0;
    c0 = (c0 + c) | 0;
    d0 = (d0 + d) | 0;
  }
  return hexOfWord(a0) + hexOfWord(b0) + hexOfWord(c0) + hexOfWord(d0);
}

/** What a step adds: its constant and a word of the message. */
function word(step: number, at: number): number {
  return ((MD5_SINES[step] ?? 0) + (md5Words[at] ?? 0)) | 0;
}

function turned(sum: number, by: number): number {
  return (sum << by) | (sum >>> (32 - by));
}

const MD5_SINES = Int32Array.from({ length: 64 }, (_, step) => Math.floor(Math.abs(Math.sin(step + 1)) * 0x1_0000_0000) | 0);

/** The padded message in little-endian words; it grows with the longest text and is used again for the next. */
let md5Words = new Int32Array(256);
let md5Bytes = new Uint8Array(md5Words.buffer);

/** Hardly any machine keeps the highest byte first; there the bytes of each word are turned round. */
const IS_LITTLE_ENDIAN = new Uint8Array(Int32Array.of(1).buffer)[0] === 1;

/** Fills `md5Words` with the bytes of a text and the padding; returns how many words those are: whole blocks of 16. */
function paddedWords(text: string): number {
  // At most three bytes for a code unit, and one block for the padding.
  const most = text.length * 3 + 72;
  if (md5Bytes.length < most) {
    md5Words = new Int32Array(most >> 1);
    md5Bytes = new Uint8Array(md5Words.buffer);
  }
  const { written } = encoder.encodeInto(text, md5Bytes);
  const words = (((written + 8) >> 6) + 1) << 4;
  md5Bytes.fill(0, written, words << 2);
  md5Bytes[written] = 0x80;
  if (!IS_LITTLE_ENDIAN) for (let at = 0; at < words; at += 1) md5Words[at] = reversed(md5Words[at] ?? 0);
  md5Words[words - 2] = written << 3;
  md5Words[words - 1] = written >>> 29;
  return words;
}

function reversed(word: number): number {
  return (word << 24) | ((word << 8) & 0xff0000) | ((word >>> 8) & 0xff00) | (word >>> 24);
}

function hexOfWord(word: number): string {
  return byteHex(word) + byteHex(word >>> 8) + byteHex(word >>> 16) + byteHex(word >>> 24);
}

function byteHex(word: number): string {
  return HEX_OF_BYTE[word & 0xff] ?? '';
}

/** Lower-case hexadecimal SHA-256 of the text's UTF-8 bytes: the checksum of the manifest. */
export function sha256Hex(text: string): string {
  return hexOf(sha256(utf8(text)));
}

/**
 * The UTF-8 bytes of a text. A lone surrogate, which Python's `encode` refuses, becomes U+FFFD.
 */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

const encoder = new TextEncoder();

const HEX_OF_BYTE: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function hexOf(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += HEX_OF_BYTE[byte] ?? '';
  return text;
}
