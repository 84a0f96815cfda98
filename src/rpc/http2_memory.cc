// SPDX-License-Identifier: Apache-2.0
#include "rpc/http2_memory.h"

#include <cstdlib>

#include "skyden/base/check.h"

namespace skyden::rpc {
namespace {

// A frame's payload is 16 KiB at most; around it are its head and nghttp2's book-keeping.
constexpr size_t kFrameBytes = 16u << 10;
constexpr size_t kBufferBytes = kFrameBytes + 1024;

}  // namespace

Http2Memory::Http2Memory()
    : functions_{this, Allocate, Free, AllocateCleared, Reallocate},
      frame_(std::make_unique<char[]>(kBufferBytes)) {}

nghttp2_session* Http2Memory::NewSession(const nghttp2_session_callbacks* callbacks,
                                         void* user_data, const nghttp2_option* options) {
  nghttp2_session* session = nullptr;
  creating_ = true;
  const int result =
      nghttp2_session_server_new3(&session, callbacks, user_data, options, &functions_);
  creating_ = false;
  return result == 0 ? session : nullptr;
}

void* Http2Memory::Allocate(size_t size, void* self) {
  auto& memory = *static_cast<Http2Memory*>(self);
  const bool is_frame = memory.creating_ && size > kFrameBytes && size <= kBufferBytes;
  return is_frame ? memory.frame_.get() : std::malloc(size);
}

void Http2Memory::Free(void* memory, void* self) {
  if (memory != static_cast<Http2Memory*>(self)->frame_.get()) std::free(memory);
}

void* Http2Memory::AllocateCleared(size_t count, size_t size, void*) {
  return std::calloc(count, size);
}

void* Http2Memory::Reallocate(void* memory, size_t size, void* self) {
  if (memory == nullptr) return Allocate(size, self);
  SKYDEN_CHECK(memory != static_cast<Http2Memory*>(self)->frame_.get());
  return std::realloc(memory, size);
}

}  // namespace skyden::rpc
