// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/file_digest.h"

#include <bit>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace skyden::store::sqlite {
namespace {

constexpr uint64_t kPieceBytes = 1u << 20;
constexpr uint64_t kPieces = 256;

uint64_t Mix(uint64_t sum, std::string_view bytes) {
  while (!bytes.empty()) {
    uint64_t word = 0;
    const size_t n = std::min(sizeof word, bytes.size());
    std::memcpy(&word, bytes.data(), n);
    bytes.remove_prefix(n);
    sum = std::rotl((sum ^ word) * 0x9e3779b97f4a7c15u, 29);
  }
  return sum;
}

uint64_t Finish(uint64_t sum, uint64_t size) {
  sum ^= size;
  sum = (sum ^ (sum >> 32)) * 0xd6e8feb86659fd93u;
  return sum ^ (sum >> 32);
}

}  // namespace

uint64_t DigestOf(std::string_view bytes) { return Finish(Mix(0, bytes), bytes.size()); }

absl::StatusOr<uint64_t> DigestOfFile(const std::string& path) {
  std::error_code error;
  const uint64_t size = std::filesystem::file_size(path, error);
  std::ifstream file(path, std::ios::binary);
  if (error || !file) return absl::UnavailableError("cannot read the database file");
  const uint64_t pieces = (size + kPieceBytes - 1) / kPieceBytes;
  std::string piece(kPieceBytes, '\0');
  uint64_t sum = 0;
  for (uint64_t i = 0; i < std::min(pieces, kPieces); ++i) {
    const uint64_t index = pieces <= kPieces ? i : i * (pieces - 1) / (kPieces - 1);
    const uint64_t begin = index * kPieceBytes;
    const auto bytes = static_cast<std::streamsize>(std::min(kPieceBytes, size - begin));
    file.seekg(static_cast<std::streamoff>(begin));
    if (!file.read(piece.data(), bytes)) {
      return absl::UnavailableError("cannot read the database file");
    }
    sum = Mix(sum, std::string_view(piece).substr(0, static_cast<size_t>(bytes)));
  }
  return Finish(sum, size);
}

}  // namespace skyden::store::sqlite
