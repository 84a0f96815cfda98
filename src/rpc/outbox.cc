// SPDX-License-Identifier: Apache-2.0
#include "rpc/outbox.h"

#include <algorithm>
#include <utility>

namespace skyden::rpc {

Outgoing::Outgoing(Message message, absl::AnyInvocable<void()> on_written)
    : message_(std::move(message)), on_written_(std::move(on_written)) {
  for (const Slice& slice : message_) size_ += slice.bytes.size();
  for (size_t i = 0; i < 4; ++i) prefix_[1 + i] = static_cast<char>(size_ >> (24 - 8 * i) & 0xff);
  size_ += sizeof(prefix_);
}

Outgoing::~Outgoing() {
  if (on_written_) on_written_();
}

std::string_view Outgoing::At(size_t offset) const {
  std::string_view piece(prefix_, sizeof(prefix_));
  if (offset < piece.size()) return piece.substr(offset);
  offset -= piece.size();
  for (const Slice& slice : message_) {
    if (offset < slice.bytes.size()) return slice.bytes.substr(offset);
    offset -= slice.bytes.size();
  }
  return {};
}

void Outbox::Copy(std::string_view bytes) {
  if (bytes.empty()) return;
  const bool joins = first_ < pieces_.size() && pieces_.back().owner == nullptr;
  if (joins) {
    pieces_.back().size += bytes.size();
  } else {
    pieces_.push_back({nullptr, nullptr, small_.size(), bytes.size()});
  }
  small_.append(bytes);
  bytes_ += bytes.size();
}

void Outbox::Share(std::string_view bytes, std::shared_ptr<const void> owner) {
  if (bytes.empty()) return;
  bytes_ += bytes.size();
  pieces_.push_back({std::move(owner), bytes.data(), 0, bytes.size()});
}

size_t Outbox::Peek(iovec* vectors, size_t max) const {
  const size_t count = std::min(max, pieces_.size() - first_);
  for (size_t i = 0; i < count; ++i) {
    const Piece& piece = pieces_[first_ + i];
    const char* data = piece.owner == nullptr ? small_.data() + piece.at : piece.data;
    vectors[i] = {const_cast<char*>(data), piece.size};
  }
  return count;
}

void Outbox::Drop(size_t bytes) {
  bytes_ -= bytes;
  if (bytes_ == 0) return Clear();
  while (bytes > 0) {
    Piece& piece = pieces_[first_];
    const size_t part = std::min(bytes, piece.size);
    piece.size -= part;
    piece.at += part;
    if (piece.data != nullptr) piece.data += part;
    bytes -= part;
    if (piece.size > 0) return;
    piece.owner = nullptr;
    ++first_;
  }
}

// An idle connection keeps no memory for this.
void Outbox::Clear() {
  const auto done = std::exchange(pieces_, {});
  small_ = std::string();
  first_ = 0;
  bytes_ = 0;
}

}  // namespace skyden::rpc
