// SPDX-License-Identifier: Apache-2.0
// Bytes on their way to the kernel: small ones are copied, those of messages are only pointed at.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "skyden/rpc/message.h"

namespace skyden::rpc {

// A message being sent, with its prefix. Whoever lets go of it last says that it was written.
class Outgoing {
 public:
  Outgoing(Message message, absl::AnyInvocable<void()> on_written);
  ~Outgoing();
  Outgoing(const Outgoing&) = delete;
  Outgoing& operator=(const Outgoing&) = delete;

  size_t size() const { return size_; }  // with the prefix
  // The longest piece that begins at `offset`.
  std::string_view At(size_t offset) const;

 private:
  Message message_;  // its first slice is the prefix
  size_t size_ = 0;
  char prefix_[5] = {};
  absl::AnyInvocable<void()> on_written_;
};

class Outbox {
 public:
  void Copy(std::string_view bytes);
  void Share(std::string_view bytes, std::shared_ptr<const void> owner);

  size_t bytes() const { return bytes_; }
  bool empty() const { return bytes_ == 0; }
  // Fills `vectors` with what comes first; returns how many were filled.
  size_t Peek(iovec* vectors, size_t max) const;
  // The first `bytes` have been written.
  void Drop(size_t bytes);
  void Clear();

 private:
  struct Piece {
    std::shared_ptr<const void> owner;  // none: `at` is a place in small_
    const char* data = nullptr;
    size_t at = 0;
    size_t size = 0;
  };
  std::vector<Piece> pieces_;
  size_t first_ = 0;
  std::string small_;
  size_t bytes_ = 0;
};

}  // namespace skyden::rpc
