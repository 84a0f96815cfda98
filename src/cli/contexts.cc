// SPDX-License-Identifier: Apache-2.0
#include "cli/contexts.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli/environment.h"
#include "cli/members.h"
#include "cli/private_output.h"
#include "fmt/format.h"
#include "skyden/base/rfc3339.h"
#include "skyden/base/status.h"

namespace skyden::cli {
namespace {

using nlohmann::json;

constexpr size_t kContextsBytes = 1u << 20;

absl::Status Unusable(const std::string& path, std::string_view why) {
  return absl::FailedPreconditionError(fmt::format("{}: {}", path, why));
}

// The text of a file that is its owner's alone; nullopt when there is none.
absl::StatusOr<std::optional<std::string>> ReadPrivately(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (file < 0 && errno == ENOENT) return std::nullopt;
  if (file < 0) return Unusable(path, std::strerror(errno));
  struct stat info {};
  std::string text;
  const bool plain = fstat(file, &info) == 0 && S_ISREG(info.st_mode);
  const bool alone = plain && info.st_uid == geteuid() && (info.st_mode & 077) == 0;
  if (alone) {
    text.resize(kContextsBytes);
    size_t size = 0;
    for (ssize_t got = 1; got > 0 && size < text.size(); size += static_cast<size_t>(got)) {
      got = std::max<ssize_t>(read(file, text.data() + size, text.size() - size), 0);
    }
    text.resize(size);
  }
  close(file);
  if (!plain) return Unusable(path, "is no file");
  if (!alone) {
    return Unusable(path,
                    "others may read it, so they may know its tokens: revoke them, remove the "
                    "file, and sign in again");
  }
  return text;
}

SavedContext ContextOf(const json& object) {
  SavedContext context{.name = TextMember(object, "name"),
                       .address = TextMember(object, "address"),
                       .ca_file = TextMember(object, "ca_file"),
                       .account = TextMember(object, "account"),
                       .token = TextMember(object, "token")};
  if (const auto ends = base::ParseRfc3339(TextMember(object, "token_ends")); ends.ok()) {
    context.token_ends = *ends;
  }
  const auto renewal = object.find("renewal");
  if (renewal != object.end() && renewal->is_object()) {
    context.renewal = Renewal{.issuer = TextMember(*renewal, "issuer"),
                              .client_id = TextMember(*renewal, "client_id"),
                              .token_endpoint = TextMember(*renewal, "token_endpoint"),
                              .refresh_token = TextMember(*renewal, "refresh_token"),
                              .ca_file = TextMember(*renewal, "ca_file")};
  }
  return context;
}

json JsonOf(const SavedContext& context) {
  json object = {{"name", context.name},
                 {"address", context.address},
                 {"ca_file", context.ca_file},
                 {"account", context.account},
                 {"token", context.token}};
  if (context.token_ends) object["token_ends"] = base::FormatRfc3339(*context.token_ends);
  if (context.renewal) {
    object["renewal"] = {{"issuer", context.renewal->issuer},
                         {"client_id", context.renewal->client_id},
                         {"token_endpoint", context.renewal->token_endpoint},
                         {"refresh_token", context.renewal->refresh_token},
                         {"ca_file", context.renewal->ca_file}};
  }
  return object;
}

}  // namespace

const SavedContext* Contexts::Find(std::string_view name) const {
  const auto found = std::find_if(all.begin(), all.end(),
                                  [name](const SavedContext& one) { return one.name == name; });
  return found == all.end() ? nullptr : &*found;
}

const SavedContext* Contexts::FindByAddress(std::string_view address) const {
  const SavedContext* const now = Find(current);
  if (now != nullptr && now->address == address) return now;
  const auto found = std::find_if(all.begin(), all.end(), [address](const SavedContext& one) {
    return one.address == address;
  });
  return found == all.end() ? nullptr : &*found;
}

void Contexts::Put(SavedContext context) {
  Remove(context.name);
  const auto at = std::find_if(all.begin(), all.end(), [&context](const SavedContext& one) {
    return one.name > context.name;
  });
  all.insert(at, std::move(context));
}

bool Contexts::Remove(std::string_view name) {
  return std::erase_if(all, [name](const SavedContext& one) { return one.name == name; }) > 0;
}

absl::StatusOr<std::string> ContextsPath() {
  std::string folder = EnvironmentOf("XDG_CONFIG_HOME");
  // The standard: one that is not absolute is none.
  if (!folder.starts_with('/')) {
    const std::string home = EnvironmentOf("HOME");
    if (home.empty()) {
      return absl::FailedPreconditionError(
          "there is no place to keep who is signed in: set HOME or XDG_CONFIG_HOME");
    }
    folder = home + "/.config";
  }
  return folder + "/skyden/contexts.json";
}

absl::StatusOr<Contexts> LoadContexts(const std::string& path) {
  SKYDEN_ASSIGN_OR_RETURN(const std::optional<std::string> text, ReadPrivately(path));
  Contexts contexts;
  if (!text) return contexts;
  const json document = json::parse(*text, nullptr, /*allow_exceptions=*/false);
  const bool reads = document.is_object() && document.value("contexts", json()).is_array();
  if (!reads)
    return Unusable(path, "is not what \"skyden login\" wrote: remove it and sign in again");
  for (const json& one : document["contexts"]) {
    SavedContext context = ContextOf(one);
    if (!context.name.empty() && !context.address.empty()) contexts.Put(std::move(context));
  }
  contexts.current = TextMember(document, "current");
  return contexts;
}

absl::Status SaveContexts(const std::string& path, const Contexts& contexts) {
  json document = {{"current", contexts.current}, {"contexts", json::array()}};
  for (const SavedContext& one : contexts.all) document["contexts"].push_back(JsonOf(one));
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  std::error_code error;
  std::filesystem::create_directories(folder.parent_path(), error);
  if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return absl::UnavailableError(
        fmt::format("cannot make {}: {}", folder.string(), std::strerror(errno)));
  }
  // A name of its own, so that nothing that lies there is written to.
  const std::string fresh = fmt::format("{}.{}", path, getpid());
  unlink(fresh.c_str());
  const absl::Status written = WritePrivately(fresh, document.dump(2) + "\n", Existing::kReplaced);
  if (written.ok() && rename(fresh.c_str(), path.c_str()) == 0) return absl::OkStatus();
  const int why = errno;
  unlink(fresh.c_str());
  if (!written.ok()) return written;
  return absl::UnavailableError(fmt::format("cannot write {}: {}", path, std::strerror(why)));
}

}  // namespace skyden::cli
