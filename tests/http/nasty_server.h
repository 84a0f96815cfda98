// SPDX-License-Identifier: Apache-2.0
// A server that does with each connection what a test tells it to.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <string_view>
#include <thread>

namespace skyden::http {

class NastyServer {
 public:
  // One connection, after the request's head was read. All of it returns once the client is gone.
  class Client {
   public:
    explicit Client(int descriptor, std::atomic<size_t>& sent)
        : descriptor_(descriptor), sent_(sent) {}
    // False when the client is gone.
    bool Send(std::string_view bytes);
    // Again and again, until the client is gone.
    void SendForEver(std::string_view bytes);
    // A byte now and then, until the client is gone.
    void Drip(std::string_view bytes);
    // Nothing more, until the client is gone.
    void Wait();

   private:
    int descriptor_;
    std::atomic<size_t>& sent_;
  };
  enum class Reads { kHead, kNothing };
  explicit NastyServer(std::function<void(Client&)> serve, Reads reads = Reads::kHead);
  ~NastyServer();

  std::string address() const { return address_; }
  std::string url() const { return "http://" + address_ + "/x"; }
  int connections() const { return connections_; }
  size_t sent() const { return sent_; }  // bytes, over all connections

 private:
  void Loop();

  const std::function<void(Client&)> serve_;
  const Reads reads_;
  int listener_ = -1;
  std::string address_;
  std::atomic<int> connections_{0};
  std::atomic<size_t> sent_{0};
  std::thread thread_;
};

}  // namespace skyden::http
