// SPDX-License-Identifier: Apache-2.0
// A connection to whichever host of a connection string takes writes. All are asked at once: one
// that is frozen or far away keeps nobody from one that answers.
#pragma once

#include <libpq-fe.h>

#include <memory>

#include "absl/status/statusor.h"
#include "store/postgres/address.h"

namespace skyden::store::postgres {

struct CloseConnection {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};
using OpenConnection = std::unique_ptr<PGconn, CloseConnection>;

// Waits for as long as a silent server has. Every session has our settings, whatever the server,
// database or role would have it. Errors: Wire::Connect.
absl::StatusOr<OpenConnection> ConnectToFirst(const Address& address);

}  // namespace skyden::store::postgres
