package positions;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.source.SourceConnector;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;

/**
 * A source connector that keeps its offsets under keys of Replicator's form, and copies nothing: at its start it reads
 * the stored offset of every source partition, and writes what it has found to a topic, one record each, with that as the
 * record's source offset. Where nothing is stored it begins with the offset of its settings.
 */
public class PositionsConnector extends SourceConnector {
    private Map<String, String> settings;

    @Override
    public void start(Map<String, String> props) {
        settings = props;
    }

    @Override
    public Class<? extends Task> taskClass() {
        return PositionsTask.class;
    }

    @Override
    public List<Map<String, String>> taskConfigs(int maxTasks) {
        return List.of(settings);
    }

    @Override
    public void stop() {
    }

    @Override
    public ConfigDef config() {
        ConfigDef.Type text = ConfigDef.Type.STRING;
        ConfigDef.Importance high = ConfigDef.Importance.HIGH;
        return new ConfigDef()
            .define("source.topic", text, high, "The source topic.")
            .define("source.partitions", ConfigDef.Type.INT, high, "How many partitions it has.")
            .define("first.offset", ConfigDef.Type.LONG, high, "The offset where nothing is stored.")
            .define("found.topic", text, high, "Where it writes what it has found.");
    }

    @Override
    public String version() {
        return "1";
    }

    /** Connect lets offsets be changed through its REST interface only where the connector takes note of it (KIP-875). */
    @Override
    public boolean alterOffsets(Map<String, String> config, Map<Map<String, ?>, Map<String, ?>> offsets) {
        return true;
    }

    public static class PositionsTask extends SourceTask {
        private List<SourceRecord> found = new ArrayList<>();

        @Override
        public void start(Map<String, String> props) {
            String topic = props.get("source.topic");
            for (int partition = 0; partition < Integer.parseInt(props.get("source.partitions")); partition++) {
                // In this order, as Replicator has it.
                Map<String, Object> source = new LinkedHashMap<>();
                source.put("topic", topic);
                source.put("partition", partition);
                Map<String, Object> stored = context.offsetStorageReader().offset(source);
                Object offset = stored == null ? Long.valueOf(props.get("first.offset")) : stored.get("offset");
                String text = topic + "-" + partition + ": " + (stored == null ? "nothing" : offset);
                byte[] value = text.getBytes(StandardCharsets.UTF_8);
                found.add(new SourceRecord(source, Map.of("offset", offset), props.get("found.topic"), 0,
                    Schema.BYTES_SCHEMA, value));
            }
        }

        @Override
        public List<SourceRecord> poll() throws InterruptedException {
            if (found.isEmpty()) {
                Thread.sleep(100);
                return null;
            }
            List<SourceRecord> records = found;
            found = new ArrayList<>();
            return records;
        }

        @Override
        public void stop() {
        }

        @Override
        public String version() {
            return "1";
        }
    }
}
