// SPDX-License-Identifier: Apache-2.0
package io.lazystart.gateway;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.assertions.LocatorAssertions.ContainsTextOptions;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.WaitUntilState;
import io.lazystart.testkit.RequiresPeer;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.extension.TestWatcher;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** The waiting page of a real gateway in a real browser; pictures of it are left in {@code target/screenshots}. */
@RequiresPeer("chromium")
@Timeout(180)
@Isolated("unpacks a program and runs it, which fails while a process forked elsewhere holds the file open")
final class WaitingPageBrowserTest {
    private static final Path PICTURES = Path.of("target", "screenshots");
    private static final double PATIENCE_MILLIS = 60_000;
    private static final String APPLICATION = "This application was asleep";

    private static Playwright playwright;
    private static Browser browser;

    @TempDir
    Path directory;

    private final List<String> foreign = new CopyOnWriteArrayList<>();
    private final List<String> complaints = new CopyOnWriteArrayList<>();

    private final List<GatewayProcess> gateways = new ArrayList<>();

    /** What a browser waited for in vain is known by the gateway alone. */
    @RegisterExtension
    final TestWatcher teller = new TestWatcher() {
        @Override
        public void testFailed(ExtensionContext context, @Nullable Throwable cause) {
            gateways.forEach(gateway -> gateway.lines().forEach(System.err::println));
        }
    };

    private GatewayProcess start(String... args) {
        GatewayProcess gateway = GatewayProcess.start(directory, args);
        gateways.add(gateway);
        return gateway;
    }

    @BeforeAll
    static void launch() {
        playwright = Playwright.create();
        browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions().setExecutablePath(Path.of("/usr/bin/chromium")));
    }

    @AfterAll
    static void leave() {
        if (playwright != null) {
            playwright.close();
        }
    }

    @Test
    void coldApplication_opened_pageTurnsIntoItByItself() throws Exception {
        try (GatewayProcess gateway = start("--listen", "127.0.0.1:0");
                BrowserContext context = browser.newContext()) {
            URI address = gateway.url().resolve("/?from=a%20mail#below");
            Page page = page(context, address);

            assertThat(open(page, address)).isEqualTo(503);
            assertThat(page.locator("h1")).hasText("Starting demo");

            assertThat(page.locator("body")).containsText(APPLICATION, patiently());
            assertThat(page).hasURL(address.toString());
            assertThat(foreign).isEmpty();
            assertThat(complaints).isEmpty();
        }
    }

    @Test
    void coldApplication_scriptOff_metaRefreshArrives() throws Exception {
        try (GatewayProcess gateway = start("--listen", "127.0.0.1:0");
                BrowserContext context = browser.newContext(new NewContextOptions().setJavaScriptEnabled(false))) {
            Page page = page(context, gateway.url());

            assertThat(open(page, gateway.url())).isEqualTo(503);
            assertThat(page.locator("h1")).hasText("Starting demo");
            assertThat(page.locator("noscript p")).isVisible();
            picture(page, "script-off");

            assertThat(page.locator("body")).containsText(APPLICATION, patiently());
            assertThat(foreign).isEmpty();
            assertThat(complaints).isEmpty();
        }
    }

    @Test
    void failingService_opened_showsReasonAndRetryLeadsToTheApplication() throws Exception {
        Path mended = directory.resolve("mended");
        String command = "['sh', '-c', 'if [ -e \"$0\" ]; then exec \"$@\"; fi; echo no luck; exit 3', '" + mended
                + "', " + GatewayProcess.demo(0) + "]";
        try (GatewayProcess gateway = gateway(command);
                BrowserContext context = browser.newContext()) {
            Page page = page(context, gateway.url());
            Locator retry = page.locator("#retry");

            open(page, gateway.url());

            assertThat(page.locator("h1")).hasText("notes is not available");
            assertThat(page.locator("#message")).containsText("exit code 3");
            assertThat(page.locator("#output")).containsText("no luck");
            assertThat(retry).isVisible();
            picture(page, "failure");
            page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
            page.setViewportSize(360, 740);
            picture(page, "failure-dark-phone");

            Files.createFile(mended);
            assertThat(retry).hasText("Try again");
            retry.click();

            assertThat(page.locator("body")).containsText(APPLICATION, patiently());
            assertThat(foreign).isEmpty();
            assertThat(complaints).isEmpty();
        }
    }

    @Test
    void dependencies_areStepsOfThePage() throws Exception {
        String slow = "[" + GatewayProcess.demo(600_000) + "]";
        String quick = "[" + GatewayProcess.demo(0) + "]";
        Path file = Files.writeString(
                directory.resolve("gateway.yaml"), """
                state-directory: %s
                defaults: {ready: {http: /healthz}, stop: {timeout: 1s}}
                services:
                  notes: {process: {command: %s}, depends-on: [db, cache]}
                  db: {process: {command: %s}}
                  cache: {process: {command: %s}}
                """.formatted(directory.resolve("own"), quick, quick, slow));
        try (GatewayProcess gateway = start("--listen", "127.0.0.1:0", "--config", file.toString());
                BrowserContext context = browser.newContext()) {
            Page page = page(context, gateway.url());

            open(page, gateway.url());

            assertThat(page.locator("#steps li").filter(new Locator.FilterOptions().setHasText("dependency db is up")))
                    .hasCount(1, new LocatorAssertions.HasCountOptions().setTimeout(20_000));
            assertThat(page.locator("#steps li.busy")).containsText("waking cache");
            picture(page, "dependencies");
            assertThat(complaints).isEmpty();
        }
    }

    @Test
    void slowApplication_anyWindow_pageFitsAndFollowsTheColourScheme() throws Exception {
        try (GatewayProcess gateway = gateway("[" + GatewayProcess.demo(600_000) + "]")) {
            lookThrough(gateway, ColorScheme.LIGHT, 1280, 800);
            lookThrough(gateway, ColorScheme.DARK, 1280, 800);
            lookThrough(gateway, ColorScheme.LIGHT, 360, 740);
            lookThrough(gateway, ColorScheme.DARK, 320, 568);
        }
        assertThat(foreign).isEmpty();
        assertThat(complaints).isEmpty();
    }

    private void lookThrough(GatewayProcess gateway, ColorScheme scheme, int width, int height) throws Exception {
        String name = (scheme + "-" + width).toLowerCase(Locale.ROOT);
        NewContextOptions window =
                new NewContextOptions().setColorScheme(scheme).setViewportSize(width, height);
        try (BrowserContext context = browser.newContext(window)) {
            Page page = page(context, gateway.url());

            open(page, gateway.url());
            assertThat(page.locator("#steps li").last()).hasText(Pattern.compile("waiting until it can serve.*"));
            picture(page, name);

            assertThat(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
                    .as(name)
                    .isEqualTo(true);
            assertThat(brightness(page) < 128).as(name).isEqualTo(scheme == ColorScheme.DARK);
        }
    }

    private GatewayProcess gateway(String command) throws Exception {
        Path file =
                Files.writeString(directory.resolve("gateway.yaml"), """
                state-directory: %s
                services:
                  notes:
                    process: {command: %s}
                    ready: {http: /healthz}
                    error-details: output
                    stop: {timeout: 1s}
                """.formatted(directory.resolve("own"), command));
        return start("--listen", "127.0.0.1:0", "--config", file.toString());
    }

    /** A page that notes each request to a host that is not the gateway, and each complaint of the browser. */
    private Page page(BrowserContext context, URI gateway) {
        Page page = context.newPage();
        page.onRequest(request -> {
            URI uri = URI.create(request.url());
            if (!"data".equals(uri.getScheme()) && !Objects.equals(uri.getAuthority(), gateway.getAuthority())) {
                foreign.add(request.url());
            }
        });
        page.onPageError(complaints::add);
        page.onConsoleMessage(message -> {
            // The browser reports the 503 that the page is sent with; that is the answer, not a fault of the page.
            if (!message.text().contains("responded with a status of 503")) {
                complaints.add(message.type() + ": " + message.text());
            }
        });
        return page;
    }

    private static int open(Page page, URI url) {
        return page.navigate(url.toString(), new Page.NavigateOptions().setWaitUntil(WaitUntilState.COMMIT))
                .status();
    }

    private static void picture(Page page, String name) {
        page.screenshot(new Page.ScreenshotOptions().setPath(PICTURES.resolve(name + ".png")));
    }

    private static int brightness(Page page) {
        String colour = (String) page.evaluate("getComputedStyle(document.body).backgroundColor");
        return Integer.parseInt(colour.replaceAll("^rgb\\(([0-9]+),.*$", "$1"));
    }

    private static ContainsTextOptions patiently() {
        return new ContainsTextOptions().setTimeout(PATIENCE_MILLIS);
    }
}
