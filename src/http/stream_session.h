// SPDX-License-Identifier: Apache-2.0
// A Session over an Asio stream.
#pragma once

#include <array>
#include <boost/asio/buffer.hpp>
#include <utility>

#include "http/session.h"

namespace skyden::http {

// Handlers keep the session alive with `self`.
template <class Stream>
class StreamSession : public Session {
 public:
  template <class... StreamArgs>
  StreamSession(std::shared_ptr<Loop> loop, std::shared_ptr<ListenerState> listener,
                std::string peer_ip, bool tls, StreamArgs&&... args)
      : Session(std::move(loop), std::move(listener), std::move(peer_ip), tls),
        stream_(std::forward<StreamArgs>(args)...) {}

 protected:
  void DoRead(char* data, size_t size) override {
    stream_.async_read_some(asio::buffer(data, size), [this, self = shared_from_this()](
                                                          const boost::system::error_code& ec,
                                                          size_t bytes) { OnRead(!ec, bytes); });
  }

  void DoWrite(const char* a, size_t a_size, const char* b, size_t b_size) override {
    const auto written = [this, self = shared_from_this()](const boost::system::error_code& ec,
                                                           size_t bytes) { OnWritten(!ec, bytes); };
    if (a_size == 0 || b_size == 0) {
      return stream_.async_write_some(
          a_size == 0 ? asio::buffer(b, b_size) : asio::buffer(a, a_size), written);
    }
    stream_.async_write_some(
        std::array<asio::const_buffer, 2>{asio::buffer(a, a_size), asio::buffer(b, b_size)},
        written);
  }

  void DoDiscard(char* data, size_t size) override {
    socket().async_read_some(asio::buffer(data, size), [this, self = shared_from_this()](
                                                           const boost::system::error_code& ec,
                                                           size_t bytes) { OnRead(!ec, bytes); });
  }

  void DoShutdownSend() override {
    boost::system::error_code ignored;
    socket().shutdown(asio::socket_base::shutdown_send, ignored);
    OnShutdownSent();
  }

  void DoClose() override {
    boost::system::error_code ignored;
    socket().close(ignored);
  }

  Stream& stream() { return stream_; }
  virtual Socket& socket() = 0;

 private:
  Stream stream_;
};

}  // namespace skyden::http
