;;; Opens a file in Emacs with the settings of docs/using/editors.md, and prints what eglot shows of it.
;;; usage: emacs --batch -l editor.el DOCUMENT FILE

(package-initialize)
(require 'eglot)
(setq eglot-connect-timeout 60
      eglot-confirm-server-initiated-edits nil)

(let ((document (pop command-line-args-left))
      (file (pop command-line-args-left)))
  (with-temp-buffer
    (insert-file-contents document)
    (re-search-forward "^```elisp\n")
    (eval-region (point) (progn (re-search-forward "^```$") (match-beginning 0))))
  (find-file file)
  (run-hooks 'post-command-hook) ; where eglot-ensure connects
  (unless (eglot-current-server)
    (error "eglot is not connected"))
  (with-timeout (300 (error "no diagnostics after 300 s"))
    (while (not (flymake-diagnostics))
      (flymake-start)
      (accept-process-output nil 0.2)))
  (dolist (diagnostic (flymake-diagnostics))
    (let* ((place (flymake-diagnostic-beg diagnostic))
           (end (flymake-diagnostic-end diagnostic))
           (actions (eglot-code-actions place end "quickfix")))
      (princ (format "%s:%d: %s\n" (file-name-nondirectory file) (line-number-at-pos place)
                     (flymake-diagnostic-text diagnostic)))
      (dolist (action (append actions nil))
        (princ (format "  quick fix: %s\n" (plist-get action :title))))))
  (eglot-shutdown (eglot-current-server)))
