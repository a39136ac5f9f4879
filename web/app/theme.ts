import { createTheme, Modal, ModalHeader } from "@mantine/core";

/**
 * Colours, fonts and sizes are in sheets/theme.css, as variables: here they would become an inline style, which the policy forbids. For the
 * same reason nothing locks the page's scrolling by an injected style; sheets/theme.css does.
 */
export const theme = createTheme({
  components: {
    Modal: Modal.extend({
      defaultProps: { lockScroll: false, centered: true, transitionProps: { duration: 0 } },
    }),
    // A header inside of a dialog would pass for the page's.
    ModalHeader: ModalHeader.extend({ defaultProps: { role: "presentation" } }),
  },
});
