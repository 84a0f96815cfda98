// SPDX-License-Identifier: Apache-2.0
// One frame buffer for all of a loop's sessions. nghttp2 gives each of its sessions 16 KiB to
// write frames into, twice of what the rest of it takes, and has nothing in there between two
// calls: a frame is written, handed out, and copied or sent before anything else happens.
#pragma once

#include <nghttp2/nghttp2.h>

#include <cstddef>
#include <memory>

namespace skyden::rpc {

// Thread-compatible. Outlives the sessions that were made with it; all of them on one thread.
class Http2Memory {
 public:
  Http2Memory();
  Http2Memory(const Http2Memory&) = delete;
  Http2Memory& operator=(const Http2Memory&) = delete;

  // A server's session. nullptr when there is no memory.
  nghttp2_session* NewSession(const nghttp2_session_callbacks* callbacks, void* user_data,
                              const nghttp2_option* options);

 private:
  static void* Allocate(size_t size, void* self);
  static void Free(void* memory, void* self);
  static void* AllocateCleared(size_t count, size_t size, void*);
  static void* Reallocate(void* memory, size_t size, void* self);

  nghttp2_mem functions_;
  bool creating_ = false;  // a header block that needs a second buffer gets one of its own
  std::unique_ptr<char[]> frame_;
};

}  // namespace skyden::rpc
