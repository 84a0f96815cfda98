// SPDX-License-Identifier: Apache-2.0
// Inflates in growing steps so that a small bomb costs no more than what its limit allows.
#include "skyden/base/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <cstdint>
#include <memory>

#include "fmt/format.h"
#include "skyden/base/check.h"

namespace skyden::base {
namespace {

constexpr int kGzipOnly = 15 + 16;  // window bits; +16: a gzip header, nothing else
constexpr size_t kFirstGuessFactor = 6;
constexpr size_t kFirstGuessMin = 512;

// A z_stream costs about 40 KiB to set up, so each thread keeps one of each kind.
class Inflater {
 public:
  Inflater() { SKYDEN_CHECK(inflateInit2(&z, kGzipOnly) == Z_OK); }
  ~Inflater() { inflateEnd(&z); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  z_stream z{};
};

class Deflater {
 public:
  explicit Deflater(int compression_level) : level(compression_level) {
    SKYDEN_CHECK(deflateInit2(&z, level, Z_DEFLATED, kGzipOnly, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  }
  ~Deflater() { deflateEnd(&z); }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;
  z_stream z{};
  const int level;
};

// zlib takes non-const input but does not write to it, and counts in 32 bits.
void SetInput(z_stream& z, std::string_view bytes) {
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  z.avail_in = static_cast<uInt>(bytes.size());
}

absl::Status NotGzip(const char* why) {
  return absl::InvalidArgumentError(fmt::format("not a gzip message: {}", why));
}

}  // namespace

bool LooksLikeGzip(std::string_view bytes) {
  return bytes.size() >= 2 && bytes[0] == '\x1f' && bytes[1] == '\x8b';
}

absl::StatusOr<std::string> Gunzip(std::string_view bytes, size_t bytes_max) {
  constexpr size_t kZlibMax = size_t{1} << 31;
  if (bytes.size() >= kZlibMax || bytes_max >= kZlibMax) {
    return absl::ResourceExhaustedError("compressed message is too large");
  }
  thread_local Inflater inflater;
  z_stream& z = inflater.z;
  SKYDEN_CHECK(inflateReset(&z) == Z_OK);
  SetInput(z, bytes);
  // One byte more than allowed tells "exactly full" from "more to come".
  const size_t room = bytes_max + 1;
  std::string out;
  out.resize(std::min(room, std::max(kFirstGuessMin, bytes.size() * kFirstGuessFactor)));
  size_t used = 0;
  while (true) {
    z.next_out = reinterpret_cast<Bytef*>(out.data() + used);
    z.avail_out = static_cast<uInt>(out.size() - used);
    const int result = inflate(&z, Z_NO_FLUSH);
    used = out.size() - z.avail_out;
    if (used > bytes_max) {
      return absl::ResourceExhaustedError(
          fmt::format("message inflates to more than {} bytes", bytes_max));
    }
    if (result == Z_STREAM_END) break;
    if (result != Z_OK && result != Z_BUF_ERROR) return NotGzip(z.msg ? z.msg : "corrupt");
    if (z.avail_out != 0) return NotGzip("it ends early");
    out.resize(std::min(room, out.size() * 2));
  }
  if (z.avail_in != 0) return NotGzip("bytes follow its end");
  out.resize(used);
  return out;
}

std::string Gzip(std::string_view bytes, int level) {
  thread_local Deflater cached(1);
  Deflater* deflater = &cached;
  std::unique_ptr<Deflater> other;
  if (level != cached.level) {
    other = std::make_unique<Deflater>(level);
    deflater = other.get();
  }
  z_stream& z = deflater->z;
  SKYDEN_CHECK(deflateReset(&z) == Z_OK);
  std::string out;
  out.resize(deflateBound(&z, static_cast<uLong>(bytes.size())));
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  constexpr size_t kPiece = size_t{1} << 30;
  do {
    const std::string_view piece = bytes.substr(0, kPiece);
    bytes.remove_prefix(piece.size());
    SetInput(z, piece);
    const int result = deflate(&z, bytes.empty() ? Z_FINISH : Z_NO_FLUSH);
    SKYDEN_CHECK(result == Z_OK || result == Z_STREAM_END);
  } while (!bytes.empty());
  out.resize(out.size() - z.avail_out);
  return out;
}

}  // namespace skyden::base
