// SPDX-License-Identifier: Apache-2.0
// Bytes over a socket, plain or inside TLS. Loop-bound; never waits.
#pragma once

#include <cstddef>
#include <memory>

#include "rpc/outbox.h"

struct ssl_ctx_st;

namespace skyden::rpc {

// Pieces written with one call of the system.
inline constexpr size_t kVectors = 64;

enum class Io {
  kDone,
  kWantsRead,   // nothing more until the socket can be read
  kWantsWrite,  // the same, written
  kEnd          // the client is gone, or what it sends is not TLS
};

class Transport {
 public:
  virtual ~Transport() = default;
  virtual Io Handshake() = 0;
  // Fills as much of `data` as there is; `got` counts what came before the end, too. `size` has
  // room for a TLS record.
  virtual Io Read(char* data, size_t size, size_t& got) = 0;
  // Writes what `out` has. `scratch` has Scratch::kBytes.
  virtual Io Write(Outbox& out, char* scratch) = 0;
  // Nothing more is sent. What comes next is read with recv, and thrown away.
  virtual void ShutDownSend() = 0;
};

// `fd` is non-blocking and remains the caller's.
std::unique_ptr<Transport> MakePlainTransport(int fd);
// nullptr when there is no memory for it.
std::unique_ptr<Transport> MakeTlsTransport(int fd, std::shared_ptr<ssl_ctx_st> context);

}  // namespace skyden::rpc
