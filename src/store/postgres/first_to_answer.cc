// SPDX-License-Identifier: Apache-2.0
#include "store/postgres/first_to_answer.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_split.h"
#include "fmt/format.h"
#include "skyden/base/clock.h"
#include "skyden/base/status.h"
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
  for (const PQconninfoOption* o = options.get(); o->keyword != nullptr; ++o) {
    if (o->val == nullptr || o->val[0] == '\0') continue;
    const std::string_view name = o->keyword;
    if (name == "options") {
      return absl::InvalidArgumentError("the connection string must not set `options`");
    }
    settings.insert_or_assign(std::string(name), o->val);
  }
  settings["options"] = kOptions;
  settings["client_encoding"] = "UTF8";
  settings["application_name"] = "skyden";
  // Whatever names the host, be it the environment. A socket of this machine has no use for it.
  settings["sslmode"] = "verify-full";
  settings["gssencmode"] = "disable";
  settings["target_session_attrs"] = "read-write";
  settings["tcp_user_timeout"] = fmt::format("{}", absl::ToInt64Milliseconds(address.silence));
  settings["keepalives_idle"] = "5";
  settings["keepalives_interval"] = "2";
  settings["keepalives_count"] = "3";
  if (!address.ca_file.empty()) settings["sslrootcert"] = address.ca_file;
  return settings;
}

// One for each host that they name: libpq itself would wait for ever for one that is frozen, and
// never come to those after it.
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

// One host on its way to be connected to.
class Attempt {
 public:
  explicit Attempt(const Settings& settings) {
    std::vector<const char*> keywords;
    std::vector<const char*> words;
    for (const auto& [keyword, word] : settings) {
      keywords.push_back(keyword.c_str());
      words.push_back(word.c_str());
    }
    keywords.push_back(nullptr);
    words.push_back(nullptr);
    connection_.reset(PQconnectStartParams(keywords.data(), words.data(), 0));
    // Without memory, or with a port that is none.
    if (PQstatus(connection_.get()) == CONNECTION_BAD) next_ = PGRES_POLLING_FAILED;
  }

  bool failed() const { return next_ == PGRES_POLLING_FAILED; }
  bool connected() const { return next_ == PGRES_POLLING_OK; }
  // What has to happen to its socket before it goes on.
  pollfd Awaited() const {
    return {PQsocket(connection_.get()),
            static_cast<int16_t>(next_ == PGRES_POLLING_WRITING ? POLLOUT | POLLIN : POLLIN), 0};
  }
  void GoOn() { next_ = PQconnectPoll(connection_.get()); }

  // What it said last, or that it says nothing.
  std::string why() const {
    if (connection_ == nullptr) return "no memory";
    const std::string said = PQerrorMessage(connection_.get());
    if (said.empty()) return fmt::format("{} does not answer", PQhost(connection_.get()));
    return said.substr(0, said.find('\n'));  // more lines guess at reasons
  }
  OpenConnection Take() { return std::move(connection_); }

 private:
  OpenConnection connection_;
  PostgresPollingStatusType next_ = PGRES_POLLING_WRITING;
};

// Which of the sockets something happened to; none when the time is over.
std::vector<pollfd> Await(std::vector<pollfd> sockets, const base::Clock& clock,
                          absl::Duration until) {
  for (;;) {
    const absl::Duration left = until - clock.Monotonic();
    if (left <= absl::ZeroDuration()) return {};
    const int ready =
        poll(sockets.data(), sockets.size(), static_cast<int>(absl::ToInt64Milliseconds(left)) + 1);
    if (ready > 0) return sockets;
    if (ready < 0 && errno != EINTR) return {};
  }
}

absl::Status WhyNone(const std::vector<std::string>& reasons) {
  const std::string all = fmt::format("{}", fmt::join(reasons, "; "));
  for (const char* told : {"authentication failed", "no pg_hba.conf entry"}) {
    if (all.find(told) == std::string::npos) continue;
    return absl::PermissionDeniedError("the database does not let this role in");
  }
  return DatabaseUnreachable(all);
}

}  // namespace

absl::StatusOr<OpenConnection> ConnectToFirst(const Address& address) {
  SKYDEN_ASSIGN_OR_RETURN(const Settings settings, Read(address));
  const base::RealClock clock;
  const absl::Duration until = clock.Monotonic() + address.silence;
  std::vector<Attempt> attempts;
  for (const Settings& host : HostsOf(settings)) attempts.emplace_back(host);
  std::vector<std::string> reasons;
  for (;;) {
    std::vector<pollfd> sockets;
    for (auto attempt = attempts.begin(); attempt != attempts.end();) {
      if (attempt->connected()) return attempt->Take();
      if (attempt->failed()) {
        reasons.push_back(attempt->why());
        attempt = attempts.erase(attempt);
        continue;
      }
      sockets.push_back(attempt->Awaited());
      ++attempt;
    }
    if (attempts.empty()) return WhyNone(reasons);
    const std::vector<pollfd> ready = Await(std::move(sockets), clock, until);
    if (ready.empty()) {
      for (const Attempt& silent : attempts) reasons.push_back(silent.why());
      return WhyNone(reasons);
    }
    for (size_t i = 0; i < attempts.size(); ++i) {
      if (ready[i].revents != 0) attempts[i].GoOn();
    }
  }
}

}  // namespace skyden::store::postgres
