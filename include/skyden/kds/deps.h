// SPDX-License-Identifier: Apache-2.0
// What the zones' server is given. Names its services and includes none of them.
#pragma once

#include <functional>

namespace skyden::base {
class Clock;
class Executor;
class Timers;
}  // namespace skyden::base
namespace skyden::identity {
class Authenticator;
}
namespace skyden::model {
class TypeRegistry;
}
namespace skyden::resources {
class ResourceCodec;
class ResourceManager;
class ResourceViews;
class Rollouts;
}  // namespace skyden::resources
namespace skyden::store {
class Store;
}

namespace skyden::kds {

struct RejectedConnection;

struct Deps {  // all must outlive the server
  store::Store& store;
  const model::TypeRegistry& registry;
  const resources::ResourceCodec& codec;
  resources::ResourceManager& manager;
  resources::ResourceViews& views;
  identity::Authenticator& authenticator;
  base::Clock& clock;
  base::Executor& workers;
  base::Timers& timers;
  // Told of connections that were turned away, on a worker; may be null. Of
  // many from one address the first, and how many more there were.
  std::function<void(const RejectedConnection&)> on_rejected = nullptr;
  // What some zones are told instead of what is stored; null: none is.
  resources::Rollouts* rollouts = nullptr;
};

}  // namespace skyden::kds
