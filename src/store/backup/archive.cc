// SPDX-License-Identifier: Apache-2.0
// POSIX tar (ustar): a head of 512 bytes, then the content, filled up to 512. Nothing else than
// what we write is taken for a backup, so there is no name to be believed and no path to be led
// astray.
#include <algorithm>
#include <charconv>

#include "fmt/format.h"
#include "skyden/base/status.h"
#include "skyden/store/backup_archive.h"

namespace skyden::store {
namespace {

constexpr size_t kBlock = 512;
constexpr size_t kManifestBytes = 64u << 20;
constexpr size_t kNoteBytes = 4096;
constexpr uint64_t kOctalMax = 0777'7777'7777;  // what eleven digits can say

struct Field {
  size_t at, size;
};
constexpr Field kName{0, 100}, kMode{100, 8}, kOwner{108, 8}, kGroup{116, 8}, kSize{124, 12},
    kTime{136, 12}, kSum{148, 8}, kKind{156, 1}, kMagicField{257, 8};
constexpr std::string_view kUstar("ustar\00000", 8);

size_t PaddingOf(uint64_t bytes) { return static_cast<size_t>((kBlock - bytes % kBlock) % kBlock); }

void Set(std::string& head, Field field, std::string_view text) {
  head.replace(field.at, std::min(field.size, text.size()), text.substr(0, field.size));
}

uint64_t SumOf(std::string_view head) {
  uint64_t sum = 0;
  for (size_t i = 0; i < kBlock; ++i) {
    const bool in_sum = i >= kSum.at && i < kSum.at + kSum.size;
    sum += in_sum ? uint64_t{' '} : static_cast<unsigned char>(head[i]);
  }
  return sum;
}

std::string HeadOf(std::string_view name, uint64_t bytes, char kind) {
  std::string head(kBlock, '\0');
  Set(head, kName, name);
  Set(head, kMode, "0000600");
  Set(head, kOwner, "0000000");
  Set(head, kGroup, "0000000");
  Set(head, kTime, "00000000000");
  if (bytes <= kOctalMax) {
    Set(head, kSize, fmt::format("{:011o}", bytes));
  } else {  // base 256, as GNU tar and others write what is larger
    std::string big(kSize.size, '\0');
    big[0] = static_cast<char>(0x80);
    for (size_t i = 0; i < 8; ++i)
      big[kSize.size - 1 - i] = static_cast<char>(bytes >> (8 * i) & 0xff);
    Set(head, kSize, big);
  }
  Set(head, kKind, std::string(1, kind));
  Set(head, kMagicField, kUstar);
  Set(head, kSum, fmt::format("{:06o}", SumOf(head)));
  head[kSum.at + 7] = ' ';
  return head;
}

std::string_view Text(std::string_view head, Field field) {
  const std::string_view text = head.substr(field.at, field.size);
  return text.substr(0, text.find('\0'));
}

bool ReadSize(std::string_view head, uint64_t& bytes) {
  const std::string_view field = head.substr(kSize.at, kSize.size);
  if (static_cast<unsigned char>(field[0]) == 0x80) {
    bytes = 0;
    for (size_t i = kSize.size - 8; i < kSize.size; ++i) {
      bytes = bytes << 8 | static_cast<unsigned char>(field[i]);
    }
    return bytes > kOctalMax && bytes < uint64_t{1} << 62;
  }
  const std::string_view text = Text(head, kSize);
  const auto read = std::from_chars(text.data(), text.data() + text.size(), bytes, 8);
  return read.ec == std::errc() && read.ptr == text.data() + text.size();
}

bool IsNothing(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char c) { return c == '\0'; });
}

absl::Status Altered(std::string_view what) {
  return absl::DataLossError(fmt::format("the backup is damaged, or is none: {}", what));
}

}  // namespace

std::string ArchiveNote(std::string_view note) {
  note = note.substr(0, kNoteBytes - 64);
  // "<length> comment=<text>\n", whose length counts its own digits.
  size_t length = note.size() + std::string_view(" comment=\n").size();
  size_t digits = 1;
  while (std::to_string(length + digits).size() > digits) ++digits;
  const std::string record = fmt::format("{} comment={}\n", length + digits, note);
  return HeadOf("note", record.size(), 'g') + record + std::string(PaddingOf(record.size()), '\0');
}

std::string ArchiveBegin(const std::string& manifest_json, uint64_t database_bytes) {
  return HeadOf(kManifestName, manifest_json.size(), '0') + manifest_json +
         std::string(PaddingOf(manifest_json.size()), '\0') +
         HeadOf(kDatabaseName, database_bytes, '0');
}

std::string ArchiveEnd(uint64_t database_bytes) {
  return std::string(PaddingOf(database_bytes) + 2 * kBlock, '\0');
}

absl::Status ArchiveReader::Add(std::string_view piece) {
  while (!piece.empty()) {
    if (in_ == In::kEnd) {
      return IsNothing(piece) ? absl::OkStatus() : Altered("there is something after its end");
    }
    if (in_ == In::kHead) {
      const size_t size = std::min(kBlock - buffer_.size(), piece.size());
      buffer_ += piece.substr(0, size);
      piece.remove_prefix(size);
      if (buffer_.size() == kBlock) SKYDEN_RETURN_IF_ERROR(OnHead());
      continue;
    }
    if (in_ == In::kPadding) {
      const size_t size = std::min(padding_, piece.size());
      if (!IsNothing(piece.substr(0, size))) return Altered("bytes where there should be none");
      padding_ -= size;
      piece.remove_prefix(size);
      if (padding_ == 0) in_ = In::kHead;
      continue;
    }
    const auto size = static_cast<size_t>(std::min<uint64_t>(left_, piece.size()));
    SKYDEN_RETURN_IF_ERROR(OnContent(piece.substr(0, size)));
    left_ -= size;
    piece.remove_prefix(size);
    if (left_ == 0) SKYDEN_RETURN_IF_ERROR(EndContent());
  }
  return absl::OkStatus();
}

absl::Status ArchiveReader::OnHead() {
  const std::string head = std::move(buffer_);
  buffer_.clear();
  if (IsNothing(head)) {
    if (!has_database_) return Altered("it ends before the database");
    in_ = In::kEnd;
    return absl::OkStatus();
  }
  uint64_t sum = 0;
  const std::string_view sum_text = Text(head, kSum);
  std::from_chars(sum_text.data(), sum_text.data() + sum_text.size(), sum, 8);
  if (sum != SumOf(head) || !ReadSize(head, left_)) return Altered("a head of it is not whole");
  padding_ = PaddingOf(left_);
  const std::string_view name = Text(head, kName);
  const char kind = head[kKind.at];
  if (kind == 'g') {
    in_ = In::kNote;
    if (left_ > kNoteBytes) return Altered("a note is too large");
  } else if (kind == '0' && name == kManifestName && !has_manifest_) {
    in_ = In::kManifest;
    has_manifest_ = true;
    if (left_ > kManifestBytes) return Altered("the manifest is too large");
  } else if (kind == '0' && name == kDatabaseName && has_manifest_ && !has_database_) {
    in_ = In::kDatabase;
    has_database_ = true;
  } else {
    return Altered("there is something in it that no backup has");
  }
  return left_ == 0 ? EndContent() : absl::OkStatus();
}

absl::Status ArchiveReader::OnContent(std::string_view piece) {
  if (in_ == In::kDatabase) return callbacks_.on_database(piece);
  buffer_ += piece;
  return absl::OkStatus();
}

absl::Status ArchiveReader::EndContent() {
  const std::string content = std::move(buffer_);
  buffer_.clear();
  const In ended = in_;
  in_ = padding_ == 0 ? In::kHead : In::kPadding;
  if (ended == In::kManifest) return callbacks_.on_manifest(content);
  if (ended != In::kNote || callbacks_.on_note == nullptr) return absl::OkStatus();
  const size_t equals = content.find('=');
  if (equals == std::string::npos || content.back() != '\n') return Altered("a note is none");
  return callbacks_.on_note(
      std::string_view(content).substr(equals + 1, content.size() - equals - 2));
}

absl::Status ArchiveReader::Finish() const {
  return in_ == In::kEnd ? absl::OkStatus() : Altered("it is cut short");
}

}  // namespace skyden::store
