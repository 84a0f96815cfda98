// SPDX-License-Identifier: Apache-2.0
#include "cli/destination.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "cli/output.h"
#include "fmt/format.h"
#include "skyden/base/status.h"

namespace skyden::cli {
namespace {

using nlohmann::json;

constexpr char kDefaultFolder[] = "skyden-data";
constexpr char kDefaultAddress[] = "http://127.0.0.1:5681";
constexpr size_t kPieceBytes = 16u << 10;

// A small file that is one: not a link, which could lead to another daemon's secret. Empty when
// there is none.
std::string ReadPlainFile(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (file < 0) return "";
  struct stat info {};
  std::string text;
  if (fstat(file, &info) == 0 && S_ISREG(info.st_mode)) {
    text.resize(kPieceBytes);
    const ssize_t size = read(file, text.data(), text.size());
    text.resize(size > 0 ? static_cast<size_t>(size) : 0);
  }
  close(file);
  return text;
}

std::string FirstLine(const std::string& text) { return text.substr(0, text.find('\n')); }

// The address that the daemon of a folder wrote down; empty when there is none.
std::string AddressIn(const std::string& folder) {
  const json document =
      json::parse(ReadPlainFile(folder + "/addresses.json"), nullptr, /*allow_exceptions=*/false);
  if (!document.is_object() || !document.value("http", json()).is_string()) return "";
  const bool tls = document.value("http_tls", json(false)) == json(true);
  return fmt::format("{}://{}", tls ? "https" : "http", document["http"].get<std::string>());
}

// Of "[scheme://]host[:port][/...]", in lower case and without brackets.
std::string HostOf(std::string_view address) {
  if (const size_t scheme = address.find("://"); scheme != std::string_view::npos) {
    address.remove_prefix(scheme + 3);
  }
  address = address.substr(0, address.find('/'));
  std::string host(address.starts_with('[') ? address.substr(1, address.find(']') - 1)
                                            : address.substr(0, address.find(':')));
  std::transform(host.begin(), host.end(), host.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return host;
}

bool IsLoopback(std::string_view address) {
  const std::string host = HostOf(address);
  if (host == "localhost" || host == "::1") return true;
  // "127.evil.example" begins like it as well.
  return host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string::npos;
}

absl::Status TokenNotForFolder(const std::string& folder, const std::string& address) {
  return absl::InvalidArgumentError(fmt::format(
      "SKYDEN_TOKEN is not sent to {}, an address found in {}/addresses.json: if it is the one you "
      "mean, name it (--address {} or SKYDEN_ADDRESS); to use that folder's admin.token, unset "
      "SKYDEN_TOKEN",
      address, folder, address));
}

absl::Status FolderNotFor(const std::string& address, const std::string& folder) {
  return absl::UnauthenticatedError(fmt::format(
      "no token for {}: set SKYDEN_TOKEN. {}/admin.token is another daemon's, or name its folder "
      "with --data-dir",
      address, folder));
}

// "host[:port]". What would be made of another port is the library's to say, and it throws.
bool IsAuthority(std::string_view text) {
  if (HostOf(text).empty()) return false;
  const size_t bracket = text.find(']');
  const size_t colon = text.find(':', text.starts_with('[') ? bracket : 0);
  if (colon == std::string_view::npos) return true;
  const std::string_view port = text.substr(colon + 1);
  uint16_t number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  return error == std::errc() && end == port.data() + port.size() && number > 0;
}

// The folder of the daemon that is meant, or would be.
std::string FolderOf(const Directions& directions) {
  if (!directions.data_dir.empty()) return directions.data_dir;
  const std::string& system = directions.system_dir;
  const bool only_system = !system.empty() && directions.token_variable.empty() &&
                           AddressIn(kDefaultFolder).empty() && !AddressIn(system).empty();
  return only_system ? system : kDefaultFolder;
}

absl::StatusOr<Destination> OfContext(const SavedContext& context) {
  if (context.token.empty()) {
    return absl::UnauthenticatedError(
        fmt::format("nobody is signed in to {}: skyden login {}", context.name, context.address));
  }
  return Destination{context.address, context.token, context.name};
}

// nullopt when no context is meant.
absl::StatusOr<std::optional<Destination>> FindInContexts(const Directions& directions) {
  const Contexts& contexts = directions.contexts;
  if (!directions.context.empty()) {
    if (!directions.address.empty() || !directions.data_dir.empty()) {
      return UsageError("--context says which daemon: no --address or --data-dir beside it");
    }
    const SavedContext* const named = contexts.Find(directions.context);
    if (named == nullptr) {
      return UsageError(
          fmt::format("there is no context \"{}\"; \"skyden context list\" shows "
                      "those there are",
                      directions.context));
    }
    return OfContext(*named);
  }
  if (!directions.token_variable.empty() || !directions.data_dir.empty()) return std::nullopt;
  const std::string& address =
      directions.address.empty() ? directions.address_variable : directions.address;
  if (address.empty()) {
    const SavedContext* const current = contexts.Find(contexts.current);
    if (current == nullptr) return std::nullopt;
    return OfContext(*current);
  }
  SKYDEN_ASSIGN_OR_RETURN(const std::string complete, CompleteAddress(address));
  const SavedContext* const there = contexts.FindByAddress(complete);
  if (there == nullptr || there->token.empty()) return std::nullopt;
  return OfContext(*there);
}

}  // namespace

absl::StatusOr<std::string> CompleteAddress(std::string address) {
  if (address.find("://") == std::string::npos) {
    address.insert(0, IsLoopback(address) ? "http://" : "https://");
  }
  while (address.ends_with('/')) address.pop_back();
  if (!address.starts_with("http://") && !address.starts_with("https://")) {
    return UsageError("the address must begin with http:// or https://");
  }
  const std::string_view rest = std::string_view(address).substr(address.find("://") + 3);
  if (!IsAuthority(rest.substr(0, rest.find('/')))) {
    return UsageError(
        fmt::format("the address {} has no host, or no port from 1 to 65535", address));
  }
  return address;
}

absl::StatusOr<Destination> FindDestination(const Directions& directions) {
  SKYDEN_ASSIGN_OR_RETURN(const auto by_context, FindInContexts(directions));
  if (by_context) return *by_context;
  const bool folder_named = !directions.data_dir.empty();
  const std::string folder = FolderOf(directions);
  const std::string named =
      directions.address.empty() ? directions.address_variable : directions.address;
  const std::string found = named.empty() ? AddressIn(folder) : "";
  Destination destination;
  SKYDEN_ASSIGN_OR_RETURN(destination.address, CompleteAddress(!named.empty()  ? named
                                                               : found.empty() ? kDefaultAddress
                                                                               : found));
  destination.token = directions.token_variable;
  if (!destination.token.empty()) {
    return found.empty() ? absl::StatusOr<Destination>(destination)
                         : TokenNotForFolder(folder, destination.address);
  }
  destination.token = FirstLine(ReadPlainFile(folder + "/admin.token"));
  if (destination.token.empty()) {
    return absl::UnauthenticatedError(
        fmt::format("no token: sign in (skyden login {}), set SKYDEN_TOKEN, or run this where "
                    "{}/admin.token can "
                    "be read (--data-dir)",
                    destination.address, folder));
  }
  if (!named.empty() && !folder_named && !IsLoopback(destination.address)) {
    return FolderNotFor(destination.address, folder);
  }
  return destination;
}

}  // namespace skyden::cli
