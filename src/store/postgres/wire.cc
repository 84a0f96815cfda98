// SPDX-License-Identifier: Apache-2.0
// Sockets do not block, and what comes is read while something is still to be sent: with both
// buffers full, each side would wait for the other for ever.
#include "store/postgres/wire.h"

#include <endian.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_split.h"
#include "fmt/format.h"
#include "skyden/base/clock.h"
#include "skyden/base/status.h"
#include "skyden/base/strings.h"
#include "store/errors.h"
#include "store/postgres/failure.h"

namespace skyden::store::postgres {
namespace {

// What every session has, whatever the server, database or role would have it. Plans are made once
// and kept, often while tables are small: a scan would be cheaper then, and very dear later. A scan
// that has to be is thought of as so dear that it would be compiled first: hence no jit.
constexpr char kOptions[] =
    "-c search_path=pg_catalog,skyden,pg_temp -c plan_cache_mode=force_generic_plan"
    " -c enable_seqscan=off -c jit=off"
    " -c row_security=on -c idle_in_transaction_session_timeout=10s -c lock_timeout=5s"
    " -c statement_timeout=0 -c client_min_messages=warning -c standard_conforming_strings=on"
    " -c default_transaction_isolation=read\\ committed -c synchronous_commit=on";

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

struct FreeOptions {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};
using Options = std::unique_ptr<PQconninfoOption, FreeOptions>;

using Settings = std::map<std::string, std::string, std::less<>>;

// The keywords of `conninfo` with ours in their place.
absl::StatusOr<Settings> Read(const Address& address) {
  char* error = nullptr;
  const Options options(PQconninfoParse(address.conninfo.c_str(), &error));
  PQfreemem(error);  // may quote the password
  if (options == nullptr) return absl::InvalidArgumentError("the connection string is none");
  Settings settings;
  bool away = false;
  for (const PQconninfoOption* o = options.get(); o->keyword != nullptr; ++o) {
    if (o->val == nullptr || o->val[0] == '\0') continue;
    const std::string_view name = o->keyword;
    if (name == "options") {
      return absl::InvalidArgumentError("the connection string must not set `options`");
    }
    if (name == "host" && std::string_view(o->val).substr(0, 1) != "/") away = true;
    settings.insert_or_assign(std::string(name), o->val);
  }
  settings["options"] = kOptions;
  settings["client_encoding"] = "UTF8";
  settings["application_name"] = "skyden";
  settings["target_session_attrs"] = "read-write";
  settings["tcp_user_timeout"] = fmt::format("{}", absl::ToInt64Milliseconds(address.silence));
  settings["keepalives_idle"] = "5";
  settings["keepalives_interval"] = "2";
  settings["keepalives_count"] = "3";
  if (away) settings["sslmode"] = "verify-full";
  if (!address.ca_file.empty()) settings["sslrootcert"] = address.ca_file;
  return settings;
}

// One for each host that they name. Tried one by one: libpq would wait for ever for one that is
// frozen, and never come to those after it.
std::vector<Settings> HostsOf(const Settings& settings) {
  std::vector<Settings> hosts(1, settings);
  for (const char* list : {"host", "hostaddr", "port"}) {
    const auto named = settings.find(list);
    if (named == settings.end()) continue;
    const std::vector<std::string> each = absl::StrSplit(named->second, ',');
    if (each.size() > hosts.size()) hosts.resize(each.size(), settings);
    // A single port is that of all.
    for (size_t i = 0; i < hosts.size(); ++i) hosts[i][list] = each[std::min(i, each.size() - 1)];
  }
  return hosts;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Wire>> Wire::Connect(const Address& address) {
  std::unique_ptr<Wire> wire(new Wire(address.silence));
  SKYDEN_RETURN_IF_ERROR(wire->Start(address));
  return wire;
}

absl::Status Wire::Start(const Address& address) {
  SKYDEN_ASSIGN_OR_RETURN(const Settings settings, Read(address));
  const std::vector<Settings> hosts = HostsOf(settings);
  // Of several one may be silent while another one answers.
  silence_ = hosts.size() == 1 ? address.silence : address.silence / 2;
  absl::Status status;
  for (const Settings& host : hosts) {
    status = StartAt(host);
    if (status.ok()) break;
  }
  silence_ = address.silence;
  return status;
}

absl::Status Wire::StartAt(const std::map<std::string, std::string, std::less<>>& settings) {
  std::vector<const char*> keywords;
  std::vector<const char*> words;
  for (const auto& [keyword, word] : settings) {
    keywords.push_back(keyword.c_str());
    words.push_back(word.c_str());
  }
  keywords.push_back(nullptr);
  words.push_back(nullptr);
  connection_ = PQconnectStartParams(keywords.data(), words.data(), 0);
  if (connection_ == nullptr) return DatabaseUnreachable("no memory");
  PostgresPollingStatusType now = PGRES_POLLING_WRITING;
  while (now == PGRES_POLLING_WRITING || now == PGRES_POLLING_READING) {
    if (!Await(now == PGRES_POLLING_WRITING)) break;
    now = PQconnectPoll(connection_);
  }
  if (now != PGRES_POLLING_OK) {
    const std::string why = PQerrorMessage(connection_);
    Close();
    if (why.find("authentication failed") != std::string::npos ||
        why.find("no pg_hba.conf entry") != std::string::npos) {
      return absl::PermissionDeniedError("the database does not let this role in");
    }
    return DatabaseUnreachable(why.empty() ? "it does not answer" : why);
  }
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
