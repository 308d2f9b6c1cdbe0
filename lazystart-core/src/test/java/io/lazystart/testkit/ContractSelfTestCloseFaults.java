// SPDX-License-Identifier: Apache-2.0
package io.lazystart.testkit;

import io.lazystart.provider.Provider;
import io.lazystart.provider.Unit;
import io.lazystart.provider.UnitStatus.State;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Providers with one fault each about their end, before the contract. */
final class ContractSelfTestCloseFaults {
    private ContractSelfTestCloseFaults() {}

    static class CloseStopsTheUnits extends FaultySelfTestBase {
        private final List<Unit> units = new CopyOnWriteArrayList<>();

        @Override
        Provider provider(Provider real) {
            return new Through(real, this) {
                @Override
                public void close() {
                    units.forEach(CloseStopsTheUnits::kill);
                    super.close();
                }
            };
        }

        @Override
        Unit unit(Unit real) {
            units.add(real);
            return real;
        }

        static void kill(Unit unit) {
            try {
                unit.kill();
            } catch (Exception failure) {
                throw new IllegalStateException(failure);
            }
        }
    }

    static class CloseWaitsForCalls extends FaultySelfTestBase {
        private final ReentrantLock busy = new ReentrantLock();

        @Override
        Provider provider(Provider real) {
            return new Through(real, this) {
                @Override
                public void close() {
                    busy.lock();
                    try {
                        super.close();
                    } finally {
                        busy.unlock();
                    }
                }
            };
        }

        @Override
        Unit unit(Unit real) {
            return new ThroughUnit(real) {
                @Override
                public @Nullable String start() throws Exception {
                    busy.lockInterruptibly();
                    try {
                        return real.start();
                    } finally {
                        busy.unlock();
                    }
                }
            };
        }
    }

    static class StartsAfterClose extends FaultySelfTestBase {
        private volatile boolean closed;

        @Override
        Provider provider(Provider real) {
            closed = false;
            return new Through(real, this) {
                @Override
                public void close() {
                    closed = true;
                    super.close();
                }
            };
        }

        @Override
        Unit unit(Unit real) {
            return new ThroughUnit(real) {
                @Override
                public @Nullable String start() throws Exception {
                    if (closed) {
                        ((ScriptedUnit) real).become(State.RUNNING);
                        return null;
                    }
                    return real.start();
                }
            };
        }
    }

    static class ThreadIsLeft extends FaultySelfTestBase {
        @Override
        Provider provider(Provider real) {
            Thread left = new Thread(ThreadIsLeft::idle, "lazystart-left-by-a-fault");
            left.setDaemon(true);
            left.start();
            return super.provider(real);
        }

        private static void idle() {
            try {
                new CountDownLatch(1).await(10, TimeUnit.SECONDS);
            } catch (InterruptedException end) {
                Thread.currentThread().interrupt();
            }
        }
    }

    static class DescriptorIsLeft extends FaultySelfTestBase {
        static final List<FileChannel> LEFT = new CopyOnWriteArrayList<>();

        @Override
        Provider provider(Provider real) {
            try {
                LEFT.add(FileChannel.open(Path.of("/dev/null")));
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
            return super.provider(real);
        }
    }

    static class ProcessIsLeft extends FaultySelfTestBase {
        static final List<Process> LEFT = new CopyOnWriteArrayList<>();

        @Override
        Provider provider(Provider real) {
            try {
                LEFT.add(new ProcessBuilder("setsid", "sleep", "60").start());
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
            return super.provider(real);
        }
    }
}
