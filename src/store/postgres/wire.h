// SPDX-License-Identifier: Apache-2.0
// One connection to a server, in pipeline mode: what is sent together costs one round trip.
//
// A server that says nothing for too long is lost: the connection is closed and not cancelled,
// since a cancelled wait for a standby would report success.
#pragma once

#include <libpq-fe.h>

#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "store/postgres/address.h"
#include "store/session.h"

namespace skyden::store::postgres {

struct FreeResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Result = std::unique_ptr<PGresult, FreeResult>;

// Thread-compatible: one thread at a time.
class Wire {
 public:
  // UNAVAILABLE when no server answers or takes writes; INVALID_ARGUMENT when `conninfo` is none;
  // PERMISSION_DENIED when the server lets nobody in with it.
  static absl::StatusOr<std::unique_ptr<Wire>> Connect(const Address& address);
  ~Wire();
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  // What follows is sent, and answered in order by Finish.
  void SendPrepare(const char* name, const char* text);
  void Send(const char* name, std::span<const Param> params);
  void Send(const char* name, std::initializer_list<Param> params) {
    Send(name, std::span<const Param>(params.begin(), params.size()));
  }
  void SendText(const char* text, std::initializer_list<Param> params);  // is not prepared
  size_t sent() const { return sent_; }                                  // since the last Finish
  // One result for each that was sent since the last call. After the first that failed the server
  // skips the others (PGRES_PIPELINE_ABORTED). UNAVAILABLE when the connection was lost on the way:
  // what was sent may or may not have been done.
  absl::StatusOr<std::vector<Result>> Finish();

  // One text by itself, for what comes before any statement is prepared.
  absl::StatusOr<Result> Ask(const char* text, std::initializer_list<Param> params = {});

  // Several statements in one text, before anything is prepared: a script of ours.
  absl::Status RunScript(const std::string& text, std::string_view what);

  bool lost() const { return connection_ == nullptr; }
  // The same, having looked: a server that went away while nothing was asked has closed its end.
  bool LookLost();
  void Close();
  int socket() const { return PQsocket(connection_); }
  // Whether another session sent a NOTIFY that this one listens to, since the last call. Does not
  // wait. A connection that ended is closed.
  bool TakeNotified();
  // Whether the server warned of anything since the last call.
  bool TakeWarning() { return std::exchange(warned_, false); }
  std::string user() const;

 private:
  explicit Wire(absl::Duration silence) : silence_(silence) {}
  absl::Status Start(const Address& address);
  // Waits until the socket has something, or takes something when `writes`.
  bool Await(bool writes);
  bool FlushAll();
  PGresult* NextResult(bool& over);
  absl::Status Lose();
  void Count(int sent);
  static void OnNotice(void* self, const PGresult* notice);

  PGconn* connection_ = nullptr;
  absl::Duration silence_;
  size_t sent_ = 0;
  bool broken_ = false;  // a call to send failed
  bool warned_ = false;
};

}  // namespace skyden::store::postgres
