// SPDX-License-Identifier: Apache-2.0
// The daemons that a person signed in to: where each is, and the token that goes there and nowhere
// else. Kept in $XDG_CONFIG_HOME/skyden/contexts.json, which is its owner's alone.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace skyden::cli {

// How a token of an identity provider is had again once it ended.
struct Renewal {
  std::string issuer = {};
  std::string client_id = {};
  std::string token_endpoint = {};
  std::string refresh_token = {};
  std::string ca_file = {};  // of the provider

  friend bool operator==(const Renewal&, const Renewal&) = default;
};

struct SavedContext {
  std::string name = {};
  std::string address = {};  // complete: "https://host:port"
  std::string ca_file = {};  // absolute; may be empty
  std::string account = {};  // whose the token is, for people
  std::string token = {};    // empty once signed out
  std::optional<absl::Time> token_ends = {};
  std::optional<Renewal> renewal = {};

  friend bool operator==(const SavedContext&, const SavedContext&) = default;
};

struct Contexts {
  std::string current;            // empty: none
  std::vector<SavedContext> all;  // by name

  const SavedContext* Find(std::string_view name) const;
  // The current one, or else the first, of this address; nullptr when there is none.
  const SavedContext* FindByAddress(std::string_view address) const;
  // Takes the place of the one of its name.
  void Put(SavedContext context);
  // False when there is none.
  bool Remove(std::string_view name);
};

// Where they are kept; FAILED_PRECONDITION when there is no home.
absl::StatusOr<std::string> ContextsPath();
// None when there is no file. FAILED_PRECONDITION when it is not its owner's alone, is a link, or
// does not read.
absl::StatusOr<Contexts> LoadContexts(const std::string& path);
// Whole or not at all.
absl::Status SaveContexts(const std::string& path, const Contexts& contexts);

}  // namespace skyden::cli
