// SPDX-License-Identifier: Apache-2.0
// WalHeader, 32 bytes: magic (its last bit: words of the sums are big-endian), version, page size,
// number, salts (2), sum of the first 24 bytes (2). Frame: page number, pages after a commit (or
// 0), salts (2), sum of all before it (2), page. Everything else is big-endian.
#include "store/sqlite/wal_file.h"

#include <array>
#include <bit>
#include <fstream>
#include <string_view>

namespace skyden::store::sqlite {
namespace {

constexpr size_t kHeaderBytes = 32;
constexpr size_t kFrameHeaderBytes = 24;
constexpr uint32_t kWalMagic = 0x377f0682;
constexpr uint32_t kPageBytesMin = 512;
constexpr uint32_t kPageBytesMax = 65536;

uint32_t Big(std::string_view bytes, size_t at) {
  uint32_t value = 0;
  for (size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

struct Sum {
  uint32_t first = 0;
  uint32_t second = 0;

  void Add(std::string_view bytes, bool big_endian) {
    for (size_t at = 0; at + 8 <= bytes.size(); at += 8) {
      uint32_t left = Big(bytes, at);
      uint32_t right = Big(bytes, at + 4);
      if (!big_endian) {
        left = __builtin_bswap32(left);
        right = __builtin_bswap32(right);
      }
      first += left + second;
      second += right + first;
    }
  }
  bool Is(std::string_view bytes, size_t at) const {
    return Big(bytes, at) == first && Big(bytes, at + 4) == second;
  }
};

struct WalHeader {
  bool big_endian = false;
  uint32_t page_bytes = 0;
  WalSalts salts;
  Sum sum;
};

std::optional<WalHeader> ReadWalHeader(std::ifstream& file) {
  std::array<char, kHeaderBytes> raw{};
  if (!file.read(raw.data(), raw.size())) return std::nullopt;
  const std::string_view bytes(raw.data(), raw.size());
  if ((Big(bytes, 0) & ~1u) != kWalMagic) return std::nullopt;
  WalHeader header;
  header.big_endian = (Big(bytes, 0) & 1u) != 0;
  header.page_bytes = Big(bytes, 8);
  header.salts = {Big(bytes, 16), Big(bytes, 20)};
  header.sum.Add(bytes.substr(0, 24), header.big_endian);
  const bool fits = header.page_bytes >= kPageBytesMin && header.page_bytes <= kPageBytesMax &&
                    std::has_single_bit(header.page_bytes);
  if (!fits || !header.sum.Is(bytes, 24)) return std::nullopt;
  return header;
}

}  // namespace

absl::StatusOr<std::optional<WalContent>> ReadWal(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::optional<WalHeader> header = ReadWalHeader(file);
  if (!header.has_value()) return std::nullopt;
  WalContent content{header->salts, 0};
  Sum sum = header->sum;
  std::string frame(kFrameHeaderBytes + header->page_bytes, '\0');
  for (uint64_t n = 1; file.read(frame.data(), static_cast<std::streamsize>(frame.size())); ++n) {
    const std::string_view bytes(frame);
    if (WalSalts{Big(bytes, 8), Big(bytes, 12)} != header->salts) break;
    sum.Add(bytes.substr(0, 8), header->big_endian);
    sum.Add(bytes.substr(kFrameHeaderBytes), header->big_endian);
    if (!sum.Is(bytes, 16)) break;
    if (Big(bytes, 4) != 0) content.frames = n;
  }
  if (file.bad()) return absl::UnavailableError("cannot read skyden.db-wal");
  return content;
}

std::optional<WalSalts> ReadWalSalts(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::optional<WalHeader> header = ReadWalHeader(file);
  if (!header.has_value()) return std::nullopt;
  return header->salts;
}

}  // namespace skyden::store::sqlite
