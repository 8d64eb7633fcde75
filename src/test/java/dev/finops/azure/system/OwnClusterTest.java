package dev.finops.azure.system;

import dev.finops.azure.controlplane.ControlPlane;
import org.junit.jupiter.api.AfterAll;

/** On an API server of its own, for what would disturb the others on a shared one. */
abstract class OwnClusterTest extends SystemTest {

    @Override
    ControlPlane cluster() {
        ControlPlane own = ControlPlane.own();
        own.installCrd();
        return own;
    }

    @Override
    @AfterAll
    void stop() {
        super.stop();
        cluster.close();
    }
}
