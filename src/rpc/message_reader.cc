// SPDX-License-Identifier: Apache-2.0
#include "rpc/message_reader.h"

#include <algorithm>
#include <utility>

#include "fmt/format.h"

namespace skyden::rpc {
namespace {

// Of a message whose length is only a claim so far.
constexpr size_t kFirstBytes = 4096;

}  // namespace

absl::Status MessageReader::Take(std::string_view& bytes) {
  while (head_size_ < kHeadBytes && !bytes.empty()) {
    head_[head_size_++] = static_cast<uint8_t>(bytes.front());
    bytes.remove_prefix(1);
    if (head_size_ < kHeadBytes) continue;
    if (absl::Status status = ReadHead(); !status.ok()) return status;
  }
  if (head_size_ < kHeadBytes) return absl::OkStatus();
  const size_t more = std::min(bytes.size(), length_ - body_.size());
  Grow(more);
  body_.append(bytes.substr(0, more));
  bytes.remove_prefix(more);
  return absl::OkStatus();
}

absl::Status MessageReader::ReadHead() {
  if (head_[0] > 1) return absl::InternalError("these bytes are no gRPC messages");
  uint32_t length = 0;
  for (size_t i = 1; i < kHeadBytes; ++i) length = length << 8 | head_[i];
  if (length > max_) {
    return absl::ResourceExhaustedError(
        fmt::format("a message of {} bytes: at most {} are taken", length, max_));
  }
  length_ = length;
  return absl::OkStatus();
}

// A string doubles anyhow; but never beyond what the message needs.
void MessageReader::Grow(size_t more) {
  const size_t needed = body_.size() + more;
  if (needed <= body_.capacity()) return;
  body_.reserve(std::min(length_, std::max({needed, 2 * body_.capacity(), kFirstBytes})));
}

std::string MessageReader::Release() {
  head_size_ = 0;
  length_ = 0;
  return std::exchange(body_, {});
}

}  // namespace skyden::rpc
