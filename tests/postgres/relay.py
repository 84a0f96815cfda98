#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Stands between a daemon and its server, and cuts the daemon off.

    relay.py FOLDER SERVER_FOLDER

Listens on a socket in FOLDER as a server would. On SIGUSR1 all connections end and new ones are
refused; on SIGUSR2 they are taken again. Prints "cut" and "whole" once that is so.
"""
import os
import signal
import socket
import sys
import threading

NAME = ".s.PGSQL.5432"
folder, server_folder = sys.argv[1:]
path = os.path.join(folder, NAME)
lock = threading.Lock()
connections = set()
listener = None


def copy(source, target):
    try:
        while data := source.recv(1 << 16):
            target.sendall(data)
    except OSError:
        pass
    for one in (source, target):
        try:
            one.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def serve(client):
    server = socket.socket(socket.AF_UNIX)
    try:
        server.connect(os.path.join(server_folder, NAME))
    except OSError:
        client.close()
        return
    with lock:
        connections.update((client, server))
    back = threading.Thread(target=copy, args=(server, client))
    back.start()
    copy(client, server)
    back.join()
    with lock:
        connections.difference_update((client, server))
    client.close()
    server.close()


def accept(on):
    while True:
        try:
            client, _ = on.accept()
        except OSError:
            return
        threading.Thread(target=serve, args=(client,), daemon=True).start()


def whole(*_):
    global listener
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(64)
    threading.Thread(target=accept, args=(listener,), daemon=True).start()
    print("whole", flush=True)


def cut(*_):
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    os.unlink(path)
    with lock:
        for one in connections:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
    print("cut", flush=True)


signal.signal(signal.SIGUSR1, cut)
signal.signal(signal.SIGUSR2, whole)
whole()
while True:
    signal.pause()
