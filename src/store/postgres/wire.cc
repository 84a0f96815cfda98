// SPDX-License-Identifier: Apache-2.0
// Sockets do not block, and what comes is read while something is still to be sent: with both
// buffers full, each side would wait for the other for ever.
#include "store/postgres/wire.h"

#include <endian.h>
#include <poll.h>

#include <array>
#include <utility>

#include "skyden/base/clock.h"
#include "skyden/base/status.h"
#include "skyden/base/strings.h"
#include "store/errors.h"
#include "store/postgres/failure.h"
#include "store/postgres/first_to_answer.h"

namespace skyden::store::postgres {
namespace {

// Parameters as libpq wants them: numbers as eight bytes, all else as it is.
class Values {
 public:
  explicit Values(std::span<const Param> params) {
    size_t n = 0;
    for (const Param& param : params) {
      const std::string_view bytes = param.bytes();
      switch (param.kind()) {
        case Param::Kind::kNull:
          break;
        case Param::Kind::kInt:
          numbers_[n] = htobe64(static_cast<uint64_t>(param.integer()));
          data_[n] = reinterpret_cast<const char*>(&numbers_[n]);
          sizes_[n] = sizeof(uint64_t);
          break;
        case Param::Kind::kText:
        case Param::Kind::kBlob:
          data_[n] = bytes.data() == nullptr ? "" : bytes.data();
          sizes_[n] = static_cast<int>(bytes.size());
          break;
      }
      formats_[n] = 1;
      ++n;
    }
    count_ = static_cast<int>(n);
  }
  int count() const { return count_; }
  const char* const* data() const { return data_.data(); }
  const int* sizes() const { return sizes_.data(); }
  const int* formats() const { return formats_.data(); }

 private:
  static constexpr size_t kMax = 24;  // no statement has more
  std::array<uint64_t, kMax> numbers_{};
  std::array<const char*, kMax> data_{};
  std::array<int, kMax> sizes_{};
  std::array<int, kMax> formats_{};
  int count_ = 0;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Wire>> Wire::Connect(const Address& address) {
  std::unique_ptr<Wire> wire(new Wire(address.silence));
  SKYDEN_RETURN_IF_ERROR(wire->Start(address));
  return wire;
}

absl::Status Wire::Start(const Address& address) {
  SKYDEN_ASSIGN_OR_RETURN(OpenConnection connection, ConnectToFirst(address));
  connection_ = connection.release();
  PQsetNoticeReceiver(connection_, &OnNotice, this);
  if (PQsetnonblocking(connection_, 1) != 0 || PQenterPipelineMode(connection_) != 1) {
    return Lose();
  }
  return absl::OkStatus();
}

Wire::~Wire() { Close(); }

void Wire::Close() {
  if (connection_ != nullptr) PQfinish(connection_);
  connection_ = nullptr;
}

absl::Status Wire::Lose() {
  Close();
  return DatabaseUnreachable("the connection was lost");
}

void Wire::OnNotice(void* self, const PGresult* notice) {
  const char* severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
  if (severity != nullptr && std::string_view(severity) == "WARNING") {
    static_cast<Wire*>(self)->warned_ = true;
  }
}

std::string Wire::user() const { return connection_ == nullptr ? "" : PQuser(connection_); }

void Wire::Count(int sent) {
  ++sent_;
  broken_ |= sent != 1;
}

void Wire::SendPrepare(const char* name, const char* text) {
  Count(lost() ? 0 : PQsendPrepare(connection_, name, text, 0, nullptr));
}

void Wire::Send(const char* name, std::span<const Param> params) {
  const Values values(params);
  Count(lost() ? 0
               : PQsendQueryPrepared(connection_, name, values.count(), values.data(),
                                     values.sizes(), values.formats(), 1));
}

void Wire::SendText(const char* text, std::initializer_list<Param> params) {
  const Values values({params.begin(), params.size()});
  Count(lost() ? 0
               : PQsendQueryParams(connection_, text, values.count(), nullptr, values.data(),
                                   values.sizes(), values.formats(), 1));
}

bool Wire::Await(bool writes) {
  const int socket = PQsocket(connection_);
  if (socket < 0) return false;
  const base::RealClock clock;
  const absl::Duration until = clock.Monotonic() + silence_;
  for (;;) {
    const absl::Duration left = until - clock.Monotonic();
    if (left <= absl::ZeroDuration()) return false;
    pollfd wanted{socket, static_cast<int16_t>(writes ? POLLOUT | POLLIN : POLLIN), 0};
    const int ready = poll(&wanted, 1, static_cast<int>(absl::ToInt64Milliseconds(left)) + 1);
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
  }
}

bool Wire::FlushAll() {
  for (;;) {
    const int left = PQflush(connection_);
    if (left <= 0) return left == 0;
    if (!Await(true)) return false;
    if (PQconsumeInput(connection_) != 1) return false;
  }
}

// nullptr with `over` false: the end of one statement's results.
PGresult* Wire::NextResult(bool& over) {
  over = false;
  while (PQisBusy(connection_) == 1) {
    if (!Await(false) || PQconsumeInput(connection_) != 1) {
      over = true;
      return nullptr;
    }
  }
  PGresult* const result = PQgetResult(connection_);
  if (result == nullptr && PQstatus(connection_) == CONNECTION_BAD) over = true;
  return result;
}

absl::StatusOr<std::vector<Result>> Wire::Finish() {
  const size_t wanted = std::exchange(sent_, 0);
  const bool sent = !std::exchange(broken_, false) && !lost();
  if (!sent || PQpipelineSync(connection_) != 1 || !FlushAll()) return Lose();
  std::vector<Result> results;
  results.reserve(wanted);
  for (;;) {
    bool over = false;
    Result result(NextResult(over));
    if (over) return Lose();
    if (result == nullptr) continue;
    const ExecStatusType status = PQresultStatus(result.get());
    if (status == PGRES_PIPELINE_SYNC) break;
    results.push_back(std::move(result));
    if (results.size() > wanted || PQstatus(connection_) == CONNECTION_BAD) return Lose();
  }
  if (results.size() != wanted) return Lose();
  return results;
}

absl::StatusOr<Result> Wire::Ask(const char* text, std::initializer_list<Param> params) {
  SendText(text, params);
  SKYDEN_ASSIGN_OR_RETURN(std::vector<Result> results, Finish());
  return std::move(results.front());
}

absl::Status Wire::RunScript(const std::string& text, std::string_view what) {
  if (lost() || PQexitPipelineMode(connection_) != 1) return Lose();
  if (PQsendQuery(connection_, text.c_str()) != 1 || !FlushAll()) return Lose();
  absl::Status status;
  for (;;) {
    bool over = false;
    const Result result(NextResult(over));
    if (over) return Lose();
    if (result == nullptr) break;
    if (PQresultStatus(result.get()) == PGRES_FATAL_ERROR) status = ToStatus(result.get(), what);
  }
  return PQenterPipelineMode(connection_) == 1 ? status : Lose();
}

bool Wire::TakeNotified() {
  if (lost()) return false;
  if (PQconsumeInput(connection_) != 1 || PQstatus(connection_) == CONNECTION_BAD) {
    Close();
    return false;
  }
  bool notified = false;
  while (PGnotify* const notify = PQnotifies(connection_)) {
    notified |= notify->be_pid != PQbackendPID(connection_);
    PQfreemem(notify);
  }
  return notified;
}

bool Wire::LookLost() {
  if (lost()) return true;
  // A server that ends a session says why first: the end itself is what comes after it.
  for (pollfd wanted{PQsocket(connection_), POLLIN, 0}; poll(&wanted, 1, 0) > 0;) {
    if (PQconsumeInput(connection_) == 1 && PQstatus(connection_) != CONNECTION_BAD) continue;
    Close();
    break;
  }
  return lost();
}

}  // namespace skyden::store::postgres
